import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LatencyMeter, type SentRow } from '../../../src/experiment/measure/latency-meter.js';
import type { SeenMessage } from '../../../src/experiment/measure/seen-message.js';

const orbitFirst = 2 ** 32 - 20;

/** A line of one lane, simulated plainly: rows, how they were grouped to records, read in batches and published. */
const line = fc.record({
  partitions: fc.integer({ min: 1, max: 3 }),
  rows: fc.array(fc.record({ partition: fc.nat(), step: fc.integer({ min: -2, max: 3 }), isHit: fc.boolean() }), {
    minLength: 1,
    maxLength: 60,
  }),
  rowsPerRecord: fc.integer({ min: 1, max: 4 }),
  /** Records read by each batch, of all partitions in turn. */
  batches: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 10 }),
  lateness: fc.integer({ min: 0, max: 6 }),
});

interface Expected {
  readonly messages: SeenMessage[];
  readonly recordRows: number[][];
  readonly sent: SentRow[];
  /** When each row's orbit was visible; Infinity = never. */
  readonly visibleMs: number[];
}

/** What really happens to each row, followed one by one. */
function play({
  partitions,
  rows,
  rowsPerRecord,
  batches,
  lateness,
}: typeof line extends fc.Arbitrary<infer T> ? T : never): Expected {
  let orbit = 0;
  const sent = rows.map(({ partition, step, isHit }) => {
    orbit = Math.max(0, orbit + step);
    return { partition: partition % partitions, orbit: (orbitFirst + orbit) >>> 0, steps: orbit, isHit };
  });
  const records: number[][][] = Array.from({ length: partitions }, () => []);
  sent.forEach(({ partition }, row) => {
    const last = records[partition].at(-1);
    if (last !== undefined && last.length < rowsPerRecord) last.push(row);
    else records[partition].push([row]);
  });
  const offsets = records.map(() => 0);
  const visibleMs = rows.map(() => Infinity);
  const open = new Set<number>();
  const messages: SeenMessage[] = [];
  let [front, watermark] = [-1, -1];
  batches.forEach((count, index) => {
    const from = [...offsets];
    for (let i = 0; i < count; i++) {
      const partition = (index + i) % partitions;
      for (const row of records[partition][offsets[partition]] ?? []) {
        if (sent[row].isHit) {
          open.add(row);
          front = Math.max(front, sent[row].steps);
        }
      }
      if (offsets[partition] < records[partition].length) offsets[partition]++;
    }
    const isLast = index === batches.length - 1;
    watermark = isLast ? Infinity : Math.max(watermark, front - lateness);
    const published = [...open].filter((row) => sent[row].steps <= watermark);
    // A hit of an orbit that was closed before is published with the batch that read it; it is not counted as an orbit.
    for (const row of published) {
      open.delete(row);
      visibleMs[row] = 1000 * (index + 1);
    }
    const orbitLast = Math.max(-1, ...published.map((row) => sent[row].steps));
    messages.push({
      ...{ lane: 0, visibleMs: 1000 * (index + 1), openedMs: 0, closedMs: 0, computeMs: 0, lateHits: 0 },
      input: from.map((start, partition) => [partition, start, offsets[partition]] as const),
      rowsRead: 0,
      hits: published.length,
      orbitLast: orbitLast < 0 ? null : (orbitFirst + orbitLast) >>> 0,
    });
  });
  return { messages, recordRows: records.map((list) => list.map(({ length }) => length)), sent, visibleMs };
}

function meterOf(
  { messages, recordRows }: Expected,
  partitions: number,
  window = { fromMs: -Infinity, toMs: Infinity },
): LatencyMeter {
  const options = { partitions, lanes: 1, messages, window, endMs: 50_000, dueMs: (row: number) => row * 10 };
  return new LatencyMeter({ ...options, recordRows: (partition) => recordRows[partition] }, orbitFirst);
}

describe('LatencyMeter', () => {
  it('finds for every hit the message that published it, also when its orbit was carried for several batches', () => {
    fc.assert(
      fc.property(line, (one) => {
        const expected = play(one);
        const meter = meterOf(expected, one.partitions);
        expected.sent.forEach((row) => meter.row(row));
        const { quantiles, unseen } = meter.end();
        const waits = expected.sent.flatMap(({ isHit }, row) =>
          isHit ? [Math.min(expected.visibleMs[row], 50_000) - row * 10] : [],
        );
        assert.equal(
          unseen,
          expected.sent.filter(({ isHit }, row) => isHit && expected.visibleMs[row] === Infinity).length,
        );
        assert.equal(quantiles?.count ?? 0, waits.length);
        if (quantiles === undefined) return;
        assert.equal(quantiles.max, Math.max(...waits.map((wait) => Math.max(0, wait))));
        assert.equal(quantiles.min, Math.min(...waits.map((wait) => Math.max(0, wait))));
      }),
      { numRuns: 500 },
    );
  });

  const message = (changed: Partial<SeenMessage>): SeenMessage => ({
    ...{ lane: 0, visibleMs: 1000, openedMs: 0, closedMs: 0, computeMs: 0, input: [[0, 0, 10]], rowsRead: 10 },
    ...{ hits: 10, lateHits: 0, orbitLast: orbitFirst },
    ...changed,
  });
  const hit: SentRow = { partition: 0, orbit: orbitFirst, isHit: true };

  it('counts what was due and never came with the time it has waited', () => {
    const meter = meterOf(
      { messages: [message({})], recordRows: [Array<number>(10).fill(1)], sent: [], visibleMs: [] },
      1,
    );
    for (let row = 0; row < 30; row++) meter.row(hit);
    const { quantiles, unseen } = meter.end();
    assert.equal(unseen, 20);
    assert.equal(quantiles?.max, 50_000 - 100);
  });

  it('counts rows that were never sent as the others, by their share of hits', () => {
    const messages = [message({ hits: 5 })];
    const recordRows = [Array<number>(10).fill(1)];
    const meter = meterOf({ messages, recordRows, sent: [], visibleMs: [] }, 1, { fromMs: 0, toMs: 2000 });
    for (let row = 0; row < 10; row++) meter.row({ ...hit, isHit: row % 2 === 0 });
    meter.unsent(100_000);
    const { quantiles, unseen } = meter.end();
    // Rows 10 to 199 were due in the window: in groups of ten, half of them hits.
    assert.deepEqual([quantiles?.count, unseen], [100, 95]);
    assert.equal(quantiles?.max, 50_000 - 100);
  });

  it('counts only what was due in the window', () => {
    const messages = [message({})];
    const meter = meterOf({ messages, recordRows: [Array<number>(10).fill(1)], sent: [], visibleMs: [] }, 1, {
      fromMs: 30,
      toMs: 60,
    });
    for (let row = 0; row < 10; row++) meter.row(hit);
    const { quantiles } = meter.end();
    assert.deepEqual([quantiles?.count, quantiles?.min, quantiles?.max], [3, 950, 970]);
  });

  it('says so when a message has other hits than were found for it', () => {
    const meter = meterOf(
      { messages: [message({ hits: 9 })], recordRows: [Array<number>(10).fill(1)], sent: [], visibleMs: [] },
      1,
    );
    for (let row = 0; row < 10; row++) meter.row(hit);
    assert.throws(() => meter.end(), /message 0 of lane 0 has 9, found 10/);
  });
});
