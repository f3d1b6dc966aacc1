import fc from 'fast-check';
import type { NoRow, Row } from './classify.js';
import { type LineSpec, type StreamLine, lineArbitrary, writeLine } from './line-arbitrary.js';

const wrap = 2 ** 32;

/** A small stream of CSV lines as a DAQ could have written it, with all that may be wrong with one. */
export interface Stream {
  readonly lines: readonly StreamLine[];
}

/** Lines between two steps of the orbit counter that are larger than disorder. */
interface SegmentSpec {
  /**
   * How the orbit moves from the end of the segment before: ahead, back, or to the end of the one before that. From
   * `mark` on the lines have another mark, wherever the orbit is.
   */
  readonly jump: { readonly kind: 'gap' | 'run' | 'return' | 'mark'; readonly orbits: number };
  readonly lines: readonly LineSpec[];
}

/** What a stream may hold. */
export interface StreamOptions {
  /** Most orbits by which a hit comes too late; 40 by default. */
  readonly disorder?: number;
  /** Isolated hits with a flipped bit in their orbit; present by default. */
  readonly corrupt?: boolean;
  /**
   * Begins each segment with 16 hits for each of this many partitions, one per orbit, and keeps jumps clear of each
   * other, so that every partition can follow all of them: such a stream, if uncorrupted, must add up to its recount.
   */
  readonly settledPartitions?: number;
  /** Segments of another produce run, with a mark, wherever the orbit is; none by default. */
  readonly marks?: boolean;
}

/**
 * Streams of up to 5 segments with rising orbits: disorder, gaps, new runs and returns to the old one, a wrap of the
 * counter, ancillary rows, malformed, header and blank lines, all ways to write a number. Shrinks towards few plain
 * hits in order.
 */
export function streamArbitrary(options: StreamOptions = {}): fc.Arbitrary<Stream> {
  const { disorder = 40, corrupt = true, settledPartitions, marks = false } = options;
  const line = lineArbitrary({ disorder, corrupt });
  const segment = fc.record({
    jump: fc.oneof(settledPartitions === undefined ? anyJump : settledJump, ...(marks ? [markedJump] : [])),
    lines: fc.array(line, { maxLength: 60 }),
  });
  const first = fc.oneof(
    fc.nat(1000),
    fc.nat(200).map((back) => wrap - 1 - back),
    fc.integer({ min: 0, max: wrap - 1 }),
  );
  return fc
    .tuple(first, fc.array(segment, { minLength: 1, maxLength: settledPartitions === undefined ? 5 : 3 }))
    .map(([orbitFirst, segments]) => {
      const lines = writeStream(orbitFirst, segments, 16 * (settledPartitions ?? 0));
      // A counterexample is shown as the text that it is.
      return { lines, [fc.toStringMethod]: () => lines.map(({ text, end }) => JSON.stringify(text + end)).join('\n') };
    });
}

const near = 2 ** 20;
const anyJump: fc.Arbitrary<SegmentSpec['jump']> = fc.record({
  kind: fc.constantFrom('gap', 'run', 'return'),
  orbits: fc.oneof(
    fc.nat(5000),
    fc.integer({ min: near - 3, max: near + 3 }),
    fc.integer({ min: near, max: 16 * near }),
    fc.integer({ min: near, max: 2 ** 31 + 3 }),
  ),
});
const settledJump: fc.Arbitrary<SegmentSpec['jump']> = fc.oneof(
  fc.record({
    kind: fc.constant('gap' as const),
    orbits: fc.oneof(
      fc.nat(5000),
      fc.integer({ min: near - 3, max: near + 3 }),
      fc.integer({ min: near, max: 2 ** 28 }),
    ),
  }),
  fc.record({ kind: fc.constant('run' as const), orbits: fc.integer({ min: 3 * near, max: 2 ** 30 }) }),
);

const markedJump: fc.Arbitrary<SegmentSpec['jump']> = fc.record({
  kind: fc.constant('mark' as const),
  orbits: fc.oneof(fc.nat(200), fc.integer({ min: 0, max: 2 ** 30 })),
});

function writeStream(orbitFirst: number, segments: readonly SegmentSpec[], lead: number): StreamLine[] {
  const lines: StreamLine[] = [];
  const ends = [orbitFirst];
  let mark: string | undefined;
  segments.forEach(({ jump, lines: specs }, segment) => {
    let orbit = ends[segment];
    if (jump.kind === 'mark') mark = `mark ${segment}`;
    if (segment > 0) {
      if (jump.kind === 'return') orbit = ends[segment - 1];
      else orbit += jump.kind === 'gap' ? jump.orbits : wrap - jump.orbits;
    }
    const segmentFirst = orbit;
    const write = (spec: LineSpec): void => {
      orbit += spec.step;
      const shown = Math.max(segmentFirst, orbit - spec.back);
      lines.push({ ...writeLine(spec, shown % wrap), segment, mark });
    };
    for (let index = 0; index < lead; index++) write({ ...plainHit, wire: { fpga: 0, channel: index % 64 } });
    specs.forEach(write);
    ends.push(orbit);
  });
  return lines;
}

const plainHit: LineSpec = {
  ...{ kind: 'hit', wire: { fpga: 0, channel: 0 }, step: 1, back: 0, bx: 0, tdc: 0 },
  ...{ style: { kind: 'plain', field: 0 }, variant: 0, isCrLf: false },
};

/** The bytes of a stream, every line with its end. */
export function bytesOf(lines: readonly StreamLine[]): Uint8Array {
  return Buffer.from(lines.map(({ text, end }) => text + end).join(''));
}

/** Which partition each line goes to, how reads of the partitions interleave, and what follows each read. */
export interface Split {
  readonly partitions: number;
  /** Orbits in one block, when a block goes to one partition; undefined = round-robin. */
  readonly blockOrbits: number | undefined;
  readonly reads: readonly {
    readonly partition: number;
    readonly lines: number;
    /** The batch ends here, the partition counts as idle from here to its next read, or has a hole here. */
    readonly then: 'go on' | 'cut' | 'idle' | 'hole';
  }[];
}

/** Splits over 1-4 partitions in up to 30 reads; partitions become idle and have holes where that is asked for. */
export function splitArbitrary(options: { idle?: boolean; holes?: boolean } = {}): fc.Arbitrary<Split> {
  const read = fc.record({
    partition: fc.nat(3),
    lines: fc.integer({ min: 1, max: 40 }),
    then: fc.constantFrom(
      ...(['go on', 'cut'] as const),
      ...(options.idle ? (['idle'] as const) : []),
      ...(options.holes ? (['hole'] as const) : []),
    ),
  });
  return fc.record({
    partitions: fc.integer({ min: 1, max: 4 }),
    blockOrbits: fc.constantFrom(undefined, 1, 4, 16),
    reads: fc.array(read, { maxLength: 30 }),
  });
}

/** One thing that happens to a lane. */
export type Step =
  | {
      readonly kind: 'read';
      readonly partition: number;
      readonly lines: readonly StreamLine[];
      readonly mark: string | undefined;
    }
  | { readonly kind: 'idle'; readonly partition: number }
  | { readonly kind: 'hole'; readonly partition: number; readonly offsets: number }
  | { readonly kind: 'cut' };

/** The partition of every line, in stream order; lines without an orbit go round in turn. */
function partitionsOf(lines: readonly StreamLine[], split: Split): number[] {
  return lines.map(({ fate }, index) => {
    const orbit = split.blockOrbits === undefined ? undefined : orbitOf(fate);
    return (orbit === undefined ? index : Math.floor(orbit / (split.blockOrbits ?? 1))) % split.partitions;
  });
}

/** The steps in which a lane reads all lines: those of the split, then the rest, partition by partition. */
export function stepsOf(lines: readonly StreamLine[], split: Split): Step[] {
  const partitions = partitionsOf(lines, split);
  const queues = Array.from({ length: split.partitions }, (_, partition) =>
    lines.filter((_, index) => partitions[index] === partition),
  );
  const steps: Step[] = [];
  const read = (partition: number, count: number): void => {
    const taken = queues[partition].splice(0, count);
    for (let from = 0; from < taken.length;) {
      const { mark } = taken[from];
      const end = taken.findIndex((line, index) => index > from && line.mark !== mark);
      const to = end < 0 ? taken.length : end;
      steps.push({ kind: 'read', partition, lines: taken.slice(from, to), mark });
      from = to;
    }
  };
  for (const { partition: anyPartition, lines: count, then } of split.reads) {
    const partition = anyPartition % split.partitions;
    read(partition, count);
    if (then === 'cut') steps.push({ kind: 'cut' });
    if (then === 'idle') steps.push({ kind: 'idle', partition });
    if (then === 'hole') steps.push({ kind: 'hole', partition, offsets: count });
  }
  queues.forEach((queue, partition) => read(partition, queue.length));
  return steps;
}

/** Whether every partition of the split has at least 16 clock rows of every segment, so that it can follow all jumps. */
export function isSettled(lines: readonly StreamLine[], split: Split): boolean {
  const partitions = partitionsOf(lines, split);
  const counts = new Map<string, number>();
  lines.forEach(({ fate, segment }, index) => {
    if (orbitOf(fate) === undefined) return;
    const key = `${partitions[index]}/${segment}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  const segments = Math.max(-1, ...lines.map(({ segment }) => segment)) + 1;
  return counts.size === segments * split.partitions && [...counts.values()].every((count) => count >= 16);
}

function orbitOf(fate: Row | NoRow): number | undefined {
  return fate.kind === 'hit' || fate.kind === 'scintillator' ? fate.orbit : undefined;
}
