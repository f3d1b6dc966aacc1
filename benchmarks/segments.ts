/** Times the segment search on one thread: ns per chamber and orbit, over simulated muons, by number of hits in the window. */
import { readFileSync } from 'node:fs';
import { defaultGeometry } from '../src/domain/geometry.js';
import { rowCode, wireCodes } from '../src/domain/row-code.js';
import { decodeWord, wordBytes } from '../src/domain/word.js';
import { ChamberTime } from '../src/physics/chamber-time.js';
import { SegmentCounts } from '../src/physics/segment-counts.js';
import { SegmentSearch } from '../src/physics/segment-search.js';
import { simulatedFile } from './common/simulated-file.js';

const rows = 1_000_000;
const repeats = 15;
/** So many searches of one kind are timed at once. */
const searchesMin = 200_000;
const velocityUmNs = 53.8;
const t0Ns = 95;
const { bxNs, bxTdcCounts } = defaultGeometry.clock;
const tickNs = bxNs / bxTdcCounts;
const windowFirst = Math.ceil((-20 - t0Ns) / tickNs - 1e-9);
const windowLast = Math.floor((420 - t0Ns) / tickNs + 1e-9);
const cuts = { sigmaXUm: 300, chi2Four: 20, chi2Three: 10, slopeMax: 1 };

/** Hits of chambers in trigger orbits, one chamber after the other: [starts[i], starts[i + 1]). */
interface Chambers {
  readonly channels: Uint8Array;
  /** From the reference, and from the start of the orbit. */
  readonly ticks: Int32Array;
  readonly orbitTicks: Int32Array;
  readonly starts: readonly number[];
}

/** Hits of a chamber in an orbit: channels, ticks, and ticks from the reference. */
interface ChamberHits {
  readonly channels: number[];
  readonly orbitTicks: number[];
  readonly ticks: number[];
}

const all = chamberHits(readFileSync(await simulatedFile('build', 'words', rows)));
const kinds: Readonly<Record<string, (cells: number, layers: number) => boolean>> = {
  '4 hits, a layer each': (cells, layers) => cells === 4 && layers === 4,
  '3 hits, a layer each': (cells, layers) => cells === 3 && layers === 3,
  '5-8 hits': (cells) => cells >= 5 && cells <= 8,
  'all with hits': () => true,
};
const search = new SegmentSearch({ ...cuts, xUm: 0, velocityUmNs, tickNs, t0Ns, windowFirst, windowLast });
const counts = new SegmentCounts([{ ...cuts, xUm: 0, columns: 16 }]);
const time = new ChamberTime({ velocityUmNs, tickNs });

console.log(`ns of CPU per chamber and orbit, median (min – max) of ${repeats}`);
for (const [name, isOf] of Object.entries(kinds)) {
  const chambers = pack(all.filter(({ channels, ticks }) => isOf(...cellsInTime(channels, ticks))));
  const { starts } = chambers;
  report(`search, ${name}`, starts.length - 1, (index) => {
    search.find(chambers.channels, chambers.ticks, starts[index], starts[index + 1]);
  });
  report(`search and counts, ${name}`, starts.length - 1, (index) => {
    search.find(chambers.channels, chambers.ticks, starts[index], starts[index + 1]);
    counts.add(0, search);
  });
  report(`time of the chamber, ${name}`, starts.length - 1, (index) => {
    time.find(chambers.channels, chambers.orbitTicks, starts[index], starts[index + 1]);
  });
}

/** Hits of all chambers in orbits with a trigger row. */
function chamberHits(words: Buffer): ChamberHits[] {
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  const codes = wireCodes(defaultGeometry);
  const orbits = new Map<number, { code: number; tick: number }[]>();
  for (let at = 0; at < words.length; at += wordBytes) {
    const { fpga, tdcChannel, orbitCnt, bxCounter, tdcMeas } = decodeWord(view, at);
    const row = { code: codes[fpga * 512 + tdcChannel], tick: bxCounter * bxTdcCounts + tdcMeas };
    const known = orbits.get(orbitCnt);
    if (known === undefined) orbits.set(orbitCnt, [row]);
    else known.push(row);
  }
  return [...orbits.values()].flatMap((list) => {
    const reference = list.find(({ code }) => code === rowCode.scintillator)?.tick;
    if (reference === undefined) return [];
    return defaultGeometry.chambers.flatMap((_, chamber) => {
      const hits = list.filter(({ code }) => code >> 6 === chamber);
      if (hits.length === 0) return [];
      return {
        channels: hits.map(({ code }) => code & 63),
        orbitTicks: hits.map(({ tick }) => tick),
        ticks: hits.map(({ tick }) => tick - reference),
      };
    });
  });
}

/** Cells with a hit in the window, and layers with one. */
function cellsInTime(channels: readonly number[], ticks: readonly number[]): [cells: number, layers: number] {
  const cells = new Set(channels.filter((_, index) => ticks[index] >= windowFirst && ticks[index] <= windowLast));
  return [cells.size, new Set([...cells].map((channel) => channel & 3)).size];
}

function pack(list: readonly ChamberHits[]): Chambers {
  const starts = [0];
  for (const { channels } of list) starts.push(starts[starts.length - 1] + channels.length);
  return {
    channels: Uint8Array.from(list.flatMap(({ channels }) => channels)),
    ticks: Int32Array.from(list.flatMap(({ ticks }) => ticks)),
    orbitTicks: Int32Array.from(list.flatMap(({ orbitTicks }) => orbitTicks)),
    starts,
  };
}

function report(name: string, length: number, run: (index: number) => void): void {
  if (length === 0) return;
  const rounds = Math.ceil(searchesMin / length);
  const list: number[] = [];
  for (let repeat = -3; repeat < repeats; repeat++) {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round++) for (let index = 0; index < length; index++) run(index);
    const { user, system } = process.cpuUsage(before);
    if (repeat >= 0) list.push(((user + system) * 1000) / (rounds * length));
  }
  list.sort((a, b) => a - b);
  const [min, median, max] = [list[0], list[list.length >> 1], list[list.length - 1]].map((ns) => ns.toFixed(0));
  console.log(`${name.padEnd(44)} ${median.padStart(5)}   (${min} – ${max})   ${length} chambers`);
}
