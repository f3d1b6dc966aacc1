import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { interpolateRows, processedRate } from '../../../src/experiment/measure/backlog.js';
import { judgeRun, type Observation } from '../../../src/experiment/measure/judge-run.js';
import { quantilesOf } from '../../../src/experiment/runs/quantiles.js';
import { rowsOfRecords } from '../../../src/experiment/measure/record-rows.js';
import type { SeenMessage } from '../../../src/experiment/measure/seen-message.js';
import { relativeSpread, spreadOf } from '../../../src/experiment/runs/spread.js';
import { faultsOf } from '../../../src/experiment/runs/verdict.js';
import { contentTypes, headerNames } from '../../../src/transport/transport.js';
import { plain } from '../samples.js';

/** A message a second, of so many rows. */
function messagesOf(rows: readonly number[]): SeenMessage[] {
  return rows.map((rowsRead, index) => ({
    ...{ lane: 0, visibleMs: 1000 * (index + 1) + 15, openedMs: 1000 * index, closedMs: 1000 * (index + 1) + 5 },
    ...{ computeMs: 5, input: [], rowsRead, hits: 0, lateHits: 0, orbitLast: null },
  }));
}

function observed(changed: Partial<Observation>): Observation {
  return {
    configuration: plain,
    window: { fromMs: 2000, toMs: 12_000 },
    startMs: 0,
    messages: messagesOf(Array<number>(20).fill(1000)),
    written: Array.from({ length: 70 }, (_, i) => ({ ms: i * 200, rows: i * 200 })),
    usage: { process: { cpuSeconds: 0.3, peakMemoryBytes: 1e8 }, produce: { cpuSeconds: 0.1, peakMemoryBytes: 1e7 } },
    latency: { latencyMs: null, hitsUnseen: 0 },
    verify: { result: 'equal', rows: 1, lateOrbits: 0, detail: '' },
    ...changed,
  };
}

const judge = (changed: Partial<Observation>): [ReturnType<typeof judgeRun>, string[]] => {
  const measured = judgeRun(observed(changed));
  return [measured, faultsOf({ measured, failure: null })];
};

describe('judgeRun', () => {
  it('measures a line that keeps its pace', () => {
    const [measured, faults] = judge({});
    assert.deepEqual(faults, []);
    assert.ok(Math.abs(measured.processedRowsPerSecond - 1000) < 1e-6);
    assert.ok(Math.abs(measured.producedRowsPerSecond - 1000) < 1e-6);
    assert.ok(Math.abs(measured.backlogSlope) < 1e-6);
    assert.equal(measured.messages, 10);
    assert.deepEqual([measured.computeMs?.p50, measured.commitMs?.p99, measured.batchMs?.max], [5, 10, 1015]);
    assert.ok(Math.abs(measured.cpuSecondsPerMillionRows.process - 30) < 1e-6);
  });

  it('sees a backlog that grows', () => {
    const [measured, faults] = judge({ messages: messagesOf(Array<number>(20).fill(700)) });
    assert.ok(Math.abs(measured.backlogSlope - 300) < 1);
    assert.match(faults.join(), /^did not keep up: backlog grew by 30 % of the rows$/);
  });

  it('sees a processor that stopped in the middle of the window', () => {
    const [, faults] = judge({ messages: messagesOf(Array<number>(6).fill(1000)) });
    assert.match(faults.join(), /^did not keep up: backlog grew by/);
    assert.match(judge({ messages: [] })[1].join(), /^did not keep up: no message in the window$/);
  });

  it('does not take a stall or late messages for a backlog that grows, at any rate', () => {
    // As measured on a busy machine: messages up to 150 ms late, and one stall of a second that is made up for.
    const lateMs = [0, 40, 20, 150, 10, 90, 0, 120, 1000, 60, 30, 100, 0, 80, 140, 20, 50, 0, 110, 70];
    for (const rate of [1000, 10_000]) {
      const messages = messagesOf(Array<number>(20).fill(rate)).map((message, i) => ({
        ...message,
        visibleMs: message.visibleMs + lateMs[i],
      }));
      const written = Array.from({ length: 70 }, (_, i) => ({ ms: i * 200, rows: (i * rate) / 5 }));
      const [measured, faults] = judge({ configuration: { ...plain, rate }, messages, written });
      assert.deepEqual(faults, []);
      assert.ok(Math.abs(measured.processedRowsPerSecond / measured.producedRowsPerSecond - 1) < 0.02);
    }
  });

  it('does not judge by fewer than ten batches', () => {
    const [, faults] = judge({ window: { fromMs: 2000, toMs: 7000 } });
    assert.deepEqual(faults, ['window too short to tell: 5 batches, at least 10 needed']);
  });

  it('sees a producer that is behind its schedule', () => {
    const written = Array.from({ length: 70 }, (_, i) => ({ ms: i * 200, rows: i * 100 }));
    assert.match(judge({ written })[1].join(), /^did not keep up: 50 % of the requested rows were produced$/);
  });

  it('sees a producer that is far behind in a window of one sample', () => {
    const [measured, faults] = judge({
      window: { fromMs: 2000, toMs: 2200 },
      written: [
        { ms: 0, rows: 0 },
        { ms: 14_000, rows: 14 },
      ],
    });
    assert.notEqual(measured.trends.produce, 'rises');
    assert.match(faults.join(), /^did not keep up: [\d.]+ % of the requested rows were produced$/);
  });

  it('compares with what is written where nothing is asked', () => {
    const configuration = { ...plain, rate: 'max' as const };
    const [measured, faults] = judge({ configuration, messages: messagesOf(Array<number>(20).fill(400)) });
    assert.equal(measured.askedRowsPerSecond, null);
    assert.match(faults.join(), /backlog grew by 60 % of the rows/);
  });
});

describe('processedRate', () => {
  it('does not depend on how lanes share the rows or when they publish', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(900), (lanes, phaseMs) => {
        const messages = Array.from({ length: lanes }, (_, lane) =>
          messagesOf(Array<number>(12).fill(300)).map((message) => ({
            ...message,
            lane,
            visibleMs: message.visibleMs + (lane * phaseMs) / lanes,
          })),
        ).flat();
        const rate = processedRate(messages, { fromMs: 2000, toMs: 9000 });
        assert.ok(Math.abs(rate - 300 * lanes) < 1e-6);
      }),
    );
  });

  it('spreads a message over the time since the message before', () => {
    assert.equal(processedRate(messagesOf([1015]), { fromMs: 0, toMs: 1015 }), 1000);
    assert.equal(processedRate(messagesOf([1015, 0]), { fromMs: 515, toMs: 1515 }), 500);
    assert.equal(processedRate([], { fromMs: 0, toMs: 2000 }), 0);
  });
});

describe('interpolateRows', () => {
  it('is on the line between two looks, and stays at the ends', () => {
    const samples = [{ ms: 100, rows: 10 }, { ms: 200, rows: 30 }]; // prettier-ignore
    assert.deepEqual([50, 100, 150, 200, 300].map((ms) => interpolateRows(samples, ms)), [10, 10, 20, 30, 30]); // prettier-ignore
    assert.equal(interpolateRows([], 5), 0);
  });
});

describe('quantilesOf', () => {
  it('is within a thousandth of the exact quantile, and exact at both ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (values) => {
          const sorted = [...values].sort((a, b) => a - b);
          const found = quantilesOf(values);
          assert.ok(found !== undefined);
          assert.deepEqual([found.count, found.min, found.max], [values.length, sorted[0], sorted.at(-1)]);
          for (const [share, value] of [
            [0.5, found.p50],
            [0.9, found.p90],
            [0.99, found.p99],
          ]) {
            const exact = sorted[Math.ceil(share * values.length) - 1];
            assert.ok(Math.abs(value - exact) <= 0.002 * exact + 0.002, `${share}: ${value} for ${exact}`);
          }
        },
      ),
    );
    assert.equal(quantilesOf([]), undefined);
  });
});

describe('spreadOf', () => {
  it('has the median and the range', () => {
    assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3, count: 3 });
    assert.deepEqual(spreadOf([1, 2]), { median: 1.5, min: 1, max: 2, count: 2 });
    assert.equal(spreadOf([]), undefined);
    assert.equal(relativeSpread({ median: 10, min: 9, max: 11, count: 3 }), 0.1);
  });
});

describe('rowsOfRecords', () => {
  const batch = { partition: 0, firstOffset: 0, nextOffset: 3, timestampMs: 0 };

  it('counts lines, whose last one may lack its end, and words', () => {
    const values = Buffer.from('a\nbc\n\na\nd');
    const csv = { ...batch, headers: {}, values, valueEnds: Uint32Array.of(3, 5, 5, 10) };
    assert.deepEqual([...rowsOfRecords(csv)], [2, 1, 0, 3]);
    const headers = { [headerNames.contentType]: contentTypes.words };
    const words = { ...batch, headers, values: new Uint8Array(40), valueEnds: Uint32Array.of(8, 40) };
    assert.deepEqual([...rowsOfRecords(words)], [1, 4]);
  });
});
