import { type Hit, csvHeader } from '../../domain/hit.js';
import { encodeWord, wordBytes } from '../../domain/word.js';
import type { HitSource } from '../hit-source.js';
import type { Fault } from '../faults/fault.js';
import { writeHitLine } from './csv-line.js';
import { FaultyRows } from './faulty-rows.js';
import type { MalformedRow } from './malformed.js';
import { type SimulatorOptions, resolveSimulatorOptions } from './options.js';
import { RowStream } from './row-stream.js';
import type { SimulatorTally } from './tally.js';
import type { TruthLines } from './truth.js';

/** Rows are made a block of this many bytes at a time; the last row may go beyond. */
const blockBytes = 64 * 1024;
/** One read gives at most this much, so that it does not hold up the event loop. */
const readBytesMax = 1024 * 1024;
const newline = 0x0a;

/** A source of simulated rows that also tells what it made. */
export interface SimulatorSource extends HitSource {
  /** Everything made so far: at the end exactly what was read, before that up to 64 KiB of rows more. */
  tally(): SimulatorTally;
  /** The lines of the truth for the faults, of all rows made so far. */
  faultLines(): readonly object[];
}

/**
 * Opens a simulated telescope. Same seed and options, same bytes, whatever the reads.
 *
 * CSV begins with the canonical header and ends every line in LF.
 *
 * @param options also as text, see `simulatorOptionsSchema`
 * @param truth gets the muons; a read is short when it is full, and then it must be emptied before the next one
 * @param faults what goes wrong, see `parseFaults`
 * @throws DtstreamError `usage`, naming each option that breaks a rule
 */
export function openSimulator(
  options: SimulatorOptions | Readonly<Record<string, unknown>> = {},
  truth?: TruthLines,
  faults: readonly Fault[] = [],
): SimulatorSource {
  const resolved = resolveSimulatorOptions(options);
  const { format } = resolved;
  truth?.begin(resolved, faults);
  const faulty = faults.length === 0 ? undefined : new FaultyRows(resolved, faults, truth);
  const stream = faulty ?? new RowStream(resolved, truth);
  const block = new Uint8Array(2 * blockBytes);
  const view = new DataView(block.buffer);
  let size = format === 'csv' ? writeLine(Buffer.from(csvHeader), block, 0) : 0;
  let from = 0;
  let bytesDone = 0;
  let isOpen = true;

  const makeBlock = (): void => {
    from = 0;
    size = 0;
    while (size < blockBytes && stream.advance()) {
      const { bytes } = stream;
      if (bytes !== undefined) size = format === 'csv' ? writeLine(bytes, block, size) : writeWord(bytes, block, size);
      else if (format === 'csv') size = writeHitLine(stream.row, block, size);
      else {
        encodeWord(stream.row, view, size);
        size += wordBytes;
      }
      if (truth?.isFull === true) break;
    }
  };
  const fill = (target: Uint8Array): number => {
    const wanted = Math.min(target.length, readBytesMax);
    let filled = 0;
    while (isOpen && filled < wanted) {
      if (from === size) makeBlock();
      if (size === 0) break;
      const part = block.subarray(from, Math.min(size, from + wanted - filled));
      target.set(part, filled);
      filled += part.length;
      from += part.length;
      if (truth?.isFull === true) break;
    }
    bytesDone += filled;
    return filled;
  };

  return {
    name: 'simulator',
    format,
    bytesTotal: undefined,
    get bytesDone() {
      return bytesDone;
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- a failure to simulate must reject, not throw
    read: async (target) => fill(target),
    close: () => {
      isOpen = false;
      return Promise.resolve();
    },
    tally: () => stream.tally(),
    faultLines: () => faulty?.faultLines() ?? [],
  };
}

/** A simulated row: a hit (also of the scintillator or of no chamber) or an ancillary row, or a malformed one. */
export type SimulatedRow = Hit | MalformedRow;

/**
 * The rows of {@link openSimulator} as objects, for tests and tools that are in no hurry.
 *
 * @throws DtstreamError `usage`, naming each option that breaks a rule
 */
export function* simulateRows(options: SimulatorOptions = {}): Generator<SimulatedRow, void> {
  const stream = new RowStream(resolveSimulatorOptions(options));
  while (stream.advance()) yield stream.malformed ?? { ...stream.row };
}

function writeLine(line: Uint8Array, bytes: Uint8Array, at: number): number {
  bytes.set(line, at);
  bytes[at + line.length] = newline;
  return at + line.length + 1;
}

function writeWord(word: Uint8Array, bytes: Uint8Array, at: number): number {
  bytes.set(word, at);
  return at + wordBytes;
}
