import { type Spread, spreadOf } from '../common/spread.js';
import { directTake } from '../direct/measurements.js';

/** What direct mode takes for files of growing length. */
export interface Linearity {
  /** By file, as they were given. */
  readonly seconds: readonly Spread[];
  readonly memoryBytes: readonly Spread[];
  /** Time a row between the last two files, in units of that between the first two: 1 = linear. */
  readonly growth: Spread;
}

/** A file of words, and how long it is. */
export interface LongFile {
  readonly file: string;
  readonly rows: number;
}

/** Runs direct mode over three files, the shortest first, in turns. */
export async function measureLinearity(files: readonly LongFile[], rounds: number): Promise<Linearity> {
  const takes = files.map((): { seconds: number; memoryBytes: number }[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { file }] of files.entries()) takes[i].push(await directTake(file));
    process.stderr.write('.');
  }
  return {
    seconds: takes.map((list) => spreadOf(list.map(({ seconds }) => seconds))),
    memoryBytes: takes.map((list) => spreadOf(list.map(({ memoryBytes }) => memoryBytes))),
    growth: spreadOf(
      Array.from({ length: rounds }, (_, round) =>
        growthOf(files.map(({ rows }, i) => ({ rows, seconds: takes[i][round].seconds }))),
      ),
    ),
  };
}

/** Time a row between the last two of three points, in units of that between the first two. */
export function growthOf(points: readonly { readonly rows: number; readonly seconds: number }[]): number {
  const [short, middle, long] = points;
  const slope = (from: typeof short, to: typeof short): number => (to.seconds - from.seconds) / (to.rows - from.rows);
  return slope(middle, long) / slope(short, middle);
}
