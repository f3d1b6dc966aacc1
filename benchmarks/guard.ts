/**
 * A guard against regressions: the CPU time of a few hot loops in units of a plain loop over the same bytes in the same
 * process. Fails when a ratio is above the bound in benchmarks/guard/bounds.json. No absolute times, so that it says the same on
 * another machine; still a measurement, so that it is no part of CI that blocks.
 *
 * Usage: node dist/benchmarks/guard.js [update]   (update records new bounds, half as much again as measured)
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { decodeCsv } from '../src/compute/decode-csv.js';
import { decodeWords } from '../src/compute/decode-words.js';
import { RowBlock } from '../src/compute/row-block.js';
import { defaultGeometry } from '../src/domain/geometry.js';
import { wireCodes } from '../src/domain/row-code.js';
import { applyRead, emptyState } from '../src/results/dashboard-state.js';
import { readMessage } from '../src/results/incoming-message.js';
import { decodeBlock, encodeBlock, splitIntoBlocks } from '../src/transport/embedded/store/block-codec.js';
import type { OutgoingBatch } from '../src/transport/transport.js';
import { dtstream } from './common/program.js';
import { formatSpread } from './common/spread.js';
import { simulatedFile } from './common/simulated-file.js';
import { type Guarded, lastResult, measureRatios } from './guard/measure.js';
import { parseMessages, scanText, scanWords } from './guard/reference.js';

const rows = 1_000_000;
const rounds = 15;
const slack = 1.5;
const boundsFile = 'benchmarks/guard/bounds.json';

const csvFile = await simulatedFile('build', 'csv', rows);
const csv = readFileSync(csvFile);
const dat = readFileSync(await simulatedFile('build', 'words', rows));
const words = new Uint32Array(dat.buffer, dat.byteOffset, dat.length / 4);
const wires = wireCodes(defaultGeometry);
const chunkBytes = 1 << 20;
const block = new RowBlock(chunkBytes, wires, defaultGeometry.clock);
const chunks = chunksOf(csv);
const records = chunks.map(recordsOf);
const messages = messagesOf(csvFile);

const guarded: readonly Guarded[] = [
  {
    name: 'decode CSV',
    run: () => {
      for (const chunk of chunks) {
        block.clear();
        decodeCsv(chunk, block);
      }
      return block.rows;
    },
    reference: () => chunks.reduce((sum, chunk) => sum + scanText(chunk), 0),
  },
  {
    name: 'decode words',
    run: () => {
      for (let from = 0; from < dat.length; from += chunkBytes) {
        block.clear();
        decodeWords(dat.subarray(from, from + chunkBytes), block);
      }
      return block.rows;
    },
    reference: () => scanWords(words),
  },
  {
    name: 'store and read rows, one per record',
    run: () => records.reduce((sum, batch) => sum + storeAndRead(batch), 0),
    reference: () => chunks.reduce((sum, chunk) => sum + scanText(chunk), 0),
  },
  {
    // A night at one message per second has 28,800 of them, and a dashboard opened in the morning reads all.
    name: 'add messages to the dashboard',
    run: () => {
      const state = emptyState();
      for (const message of messages) applyRead(state, readMessage(message), { receivedMs: Date.now() });
      if (state.messages !== messages.length) throw new Error('every message must be read and added');
      return state;
    },
    reference: () => parseMessages(messages),
  },
];

const ratios = measureRatios(guarded, rounds);
if (lastResult() === undefined) throw new Error('a loop must return something');
if (process.argv.includes('update')) {
  const bounds = Object.fromEntries(
    [...ratios].map(([name, { median }]) => [name, Number((median * slack).toPrecision(3))]),
  );
  writeFileSync(boundsFile, `${JSON.stringify(bounds, null, 2)}\n`);
}
const bounds = JSON.parse(readFileSync(boundsFile, 'utf8')) as Readonly<Record<string, number>>;
let isHeld = true;
for (const [name, spread] of ratios) {
  const bound = bounds[name] ?? 0;
  const holds = spread.median <= bound;
  isHeld &&= holds;
  console.log(`${holds ? 'ok  ' : 'SLOW'} ${name}: ${formatSpread(spread, 2)} × the plain loop, bound ${bound}`);
}
if (!isHeld) process.exitCode = 1;

/** Pieces of whole lines, as direct mode reads them. */
function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = bytes.indexOf(0x0a) + 1; from < bytes.length;) {
    const end = Math.min(bytes.length, from + chunkBytes);
    const to = bytes.lastIndexOf(0x0a, end - 1) + 1;
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}

/** The messages of a file, of a thousand rows each: a second of the default rate. */
function messagesOf(file: string): Buffer[] {
  const [node, ...args] = dtstream('process', file, '--batch-rows', 1000, '--quiet');
  const lines = execFileSync(node, args, { maxBuffer: 1 << 30 })
    .toString('latin1')
    .trimEnd()
    .split('\n');
  return lines.map((line) => Buffer.from(line, 'latin1'));
}

/** The lines of a chunk as a record each. */
function recordsOf(values: Uint8Array): OutgoingBatch {
  const ends: number[] = [];
  for (let at = values.indexOf(0x0a); at >= 0; at = values.indexOf(0x0a, at + 1)) ends.push(at + 1);
  return { partition: 0, headers: {}, values, valueEnds: Uint32Array.from(ends) };
}

/** Packs records as the embedded log stores them and unpacks them again. */
function storeAndRead(batch: OutgoingBatch): number {
  return splitIntoBlocks(batch).reduce(
    (sum, range) => sum + decodeBlock(encodeBlock(batch, range, 0), () => 'the guard').valueEnds.length,
    0,
  );
}
