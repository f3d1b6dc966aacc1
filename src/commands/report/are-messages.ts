import { open } from 'node:fs/promises';
import { DtstreamError } from '../../errors.js';

/** Bytes of a file that are looked at. */
const headBytes = 4096;

/**
 * Whether inputs are messages, as `process` prints them, and not rows: standard input always is, files by their first bytes.
 *
 * @throws DtstreamError `usage` where some are and others are not
 */
export async function areMessages(inputs: readonly string[]): Promise<boolean> {
  const found = await Promise.all(inputs.map(beginsAsMessage));
  if (found.every((isMessage) => isMessage === found[0])) return found[0];
  const [messages, rows] = [true, false].map((wanted) => inputs[found.indexOf(wanted)]);
  throw new DtstreamError('usage', `inputs must be all messages or all rows: ${messages} is messages, ${rows} is not`);
}

async function beginsAsMessage(input: string): Promise<boolean> {
  if (input === '-') return true;
  try {
    const handle = await open(input, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return /^\s*\{[^{}]*"msg_ID"\s*:/.test(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    // A glob, a folder, an object or what does not exist: whoever reads rows says so.
    return false;
  }
}
