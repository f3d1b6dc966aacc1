import type { PeekReader } from '../peek-reader.js';

const magic = 'PAR1';

/** Whether an input begins as Parquet; waits for more than two bytes only where these do. */
export async function beginsAsParquet(reader: PeekReader): Promise<boolean> {
  for (const count of [2, magic.length]) {
    const head = Buffer.from(await reader.peek(count)).toString('latin1', 0, count);
    if (head !== magic.slice(0, count)) return false;
  }
  return true;
}
