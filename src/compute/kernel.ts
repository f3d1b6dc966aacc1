import { readFileSync } from 'node:fs';

/** A number that the module shares with its caller. */
interface Shared {
  value: number;
}

/** What src/compute/kernel/index.ts exports; addresses are bytes in {@link Kernel.memory}. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  firstFree(): number;
  readonly row: Shared;
  readonly record: Shared;
  useLayout(
    isCanonical: boolean,
    fields: number,
    delimiter: number,
    isBlanks: boolean,
    hasQuotes: boolean,
    hasTrailing: boolean,
    hasManyCr: boolean,
  ): void;
  useReading(head: number, channelOffset: number, tdcOffset: number, signedOrbits: boolean): void;
  useColumn(place: number, gap: number, slot: number): void;
  decodeLines(
    start: number,
    end: number,
    wires: number,
    orbits: number,
    keys: number,
    recordEnds: number,
    recordRows: number,
    records: number,
  ): number;
  decodeWords(words: number, count: number, wires: number, orbits: number, keys: number): void;
  useClock(bxTdcCounts: number, orbitBx: number): void;
  findFirst(keys: number, rows: number): number;
  routeRows(
    orbits: number,
    keys: number,
    rows: number,
    shards: number,
    shardOf: number,
    first: number,
    next: number,
    listOrbits: number,
    listRows: number,
    listKeys: number,
    maxBefore: number,
    stride: number,
    partRows: number,
    parts: number,
    stretches: number,
    stepsMax: number,
  ): number;
  countKinds(keys: number, rows: number, kinds: number): void;
  readonly triggerRows: Shared;
  useTable(directory: number, places: number, orbits: number, masks: number, chambers: number, step: number): void;
  findAgain(count: number): void;
  readonly entries: Shared;
  closeHits(
    orbits: number,
    keys: number,
    count: number,
    delta: number,
    closed: number,
    watermark: number,
    hits: number,
    outOrbits: number,
    outKeys: number,
  ): number;
  readonly lates: Shared;
  readonly triggers: Shared;
  usePlan(
    physics: boolean,
    segments: boolean,
    all: boolean,
    sets: number,
    orbitTicks: number,
    ticksBin: number,
    bins: number,
  ): void;
  useTrigger(trigger: number, isTime: boolean, sets: number): void;
  useChamber(chamber: number, set: number, windowFirst: number, windowLast: number, tickFirst: number): void;
  useSegments(
    tickNs: number,
    velocityUmNs: number,
    limitFour: number,
    limitThree: number,
    slopeMax: number,
    sigma2: number,
    chi2Three: number,
  ): void;
  useCells(chamber: number, t0Ns: number, columns: number): void;
  useSegmentCounts(counts: number): void;
  useSums(sums: number): void;
  useNotes(
    links: number,
    linkKeys: number,
    heads: number,
    seen: number,
    earliest: number,
    touched: number,
    hits: number,
    touches: number,
  ): void;
  readonly hitCount: Shared;
  readonly touchedCount: Shared;
  useUnits(units: number, channels: number, ticks: number): void;
  readonly unitCount: Shared;
  readonly unitHits: Shared;
  useSlots(slots: number, slotMasks: number): void;
  readonly slotCount: Shared;
  readonly slotsAscend: Shared;
  countSeen(): number;
  completeSums(hits: number, active: number): void;
  sweep(active: number): void;
  readonly orbitCount: Shared;
  readonly orbitFirst: Shared;
  readonly orbitLast: Shared;
}

const pageBytes = 65_536;
/** Regions begin at a cache line. */
const alignment = 64;

let compiled: WebAssembly.Module | undefined;

/**
 * One instance of the hot loops, WebAssembly made from src/compute/kernel/, with its own memory. {@link regions} lays
 * out the memory once; the system provides only the pages that are written.
 */
export class Kernel {
  readonly run: KernelExports;
  constructor() {
    compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
    this.run = new WebAssembly.Instance(compiled).exports as KernelExports;
  }

  get memory(): ArrayBuffer {
    return this.run.memory.buffer;
  }

  /** Addresses of so many bytes each, all zero, one after the other; to be called once. */
  regions<Name extends string>(bytes: Readonly<Record<Name, number>>): Record<Name, number> {
    let free = aligned(this.run.firstFree());
    const addresses: Partial<Record<Name, number>> = {};
    for (const name in bytes) {
      addresses[name] = free;
      free = aligned(free + bytes[name]);
    }
    // In one step: the engine collects garbage each time that a memory grows by much.
    const missing = free - this.memory.byteLength;
    if (missing > 0) this.run.memory.grow(Math.ceil(missing / pageBytes));
    return addresses as Record<Name, number>;
  }
}

function aligned(address: number): number {
  return Math.ceil(address / alignment) * alignment;
}
