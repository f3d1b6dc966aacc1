import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import {
  type Encoding,
  type PackOptions,
  encodings,
  orbitBlock,
  partitionings,
} from '../../../src/pipeline/produce/packer.js';
import { messageBytesMax } from '../../../src/pipeline/produce/partition-builder.js';
import { type ProduceClock, type ProduceOptions, ProduceRun } from '../../../src/pipeline/produce/produce.js';
import { decodeResumeState } from '../../../src/pipeline/produce/resume-state.js';
import type { ProduceInput } from '../../../src/pipeline/produce/row-source.js';
import { contentTypes, headerNames } from '../../../src/transport/transport.js';
import { classify } from '../../model/classify.js';
import { lineArbitrary, writeLine } from '../../model/line-arbitrary.js';
import { type MemoryFile, MemoryWriter, memoryInput, realClock, textsOfLines, textsOfWords } from './rows.js';
import { casesOf } from '../../helpers/random/cases-of.js';

function optionsOf(options: Partial<ProduceOptions>): ProduceOptions {
  return {
    partitions: 3,
    partitionBy: 'orbit',
    encoding: 'csv',
    rowsPerMessage: 1,
    pace: Infinity,
    rowsMax: Infinity,
    loop: false,
    resume: undefined,
    // Only appends that are full, and the last one: what a slow machine does to time must not matter.
    lingerMs: 60_000,
    appendBytes: 1 << 20,
    clock: realClock,
    signal: new AbortController().signal,
    ...options,
  };
}

const csvFiles = fc
  .tuple(
    fc.array(fc.tuple(lineArbitrary({ disorder: 600, corrupt: true }), fc.nat(5000)), { maxLength: 60 }),
    fc.constantFrom('', '\n', '\r\n', '2,0,1,9', 'x\r\r\n'),
  )
  .map(([lines, end]): MemoryFile => {
    const text = lines
      .map(([spec, orbit]) => writeLine(spec, 4_294_965_000 + orbit))
      .map((line) => line.text + line.end);
    return { format: 'csv', bytes: Buffer.from(text.join('') + end, 'latin1') };
  });
const wordFiles = fc
  .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 60 })
  .map((words): MemoryFile => ({ format: 'words', bytes: new Uint8Array(BigUint64Array.from(words).buffer) }));
const files = fc.array(fc.oneof(csvFiles, wordFiles), { minLength: 1, maxLength: 4 });
const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 });
const packOptions: fc.Arbitrary<PackOptions> = fc.record({
  partitions: fc.integer({ min: 1, max: 5 }),
  partitionBy: fc.constantFrom(...partitionings),
  encoding: fc.constantFrom<Encoding>(...encodings),
  rowsPerMessage: fc.integer({ min: 1, max: 7 }),
});

function textsOf(input: readonly MemoryFile[]): string[] {
  return input.flatMap(({ format, bytes }) => (format === 'csv' ? textsOfLines(bytes) : textsOfWords(bytes)));
}

function rowsByPartition(writer: MemoryWriter, partitions: number): string[][] {
  return Array.from({ length: partitions }, (_, partition) =>
    writer.messages.filter((message) => message.partition === partition).flatMap(({ rows }) => rows),
  );
}

/** Whether each list keeps the order of `all` and together they are all of it. */
function assertInterleaved(all: readonly string[], lists: readonly (readonly string[])[]): void {
  assert.deepEqual(lists.flat().toSorted(), all.toSorted());
  for (const list of lists) {
    let at = -1;
    for (const row of list) {
      at = all.indexOf(row, at + 1);
      assert.notEqual(at, -1, `out of order: ${row}`);
    }
  }
}

describe('ProduceRun', () => {
  it('writes every row once, unchanged, in the order of the input in each partition', async () => {
    await fc.assert(
      fc.asyncProperty(files, sizes, packOptions, fc.integer({ min: 1, max: 500 }), async (input, pieces, pack, appendBytes) => {
        const writer = new MemoryWriter();
        const run = new ProduceRun(memoryInput(input, { sizes: pieces }), writer, optionsOf({ ...pack, appendBytes }));
        const { rows } = await run.run();
        const expected = textsOf(input);
        assert.equal(rows, expected.length);
        assertInterleaved(expected, rowsByPartition(writer, pack.partitions));
      }),
      { numRuns: casesOf(200) },
    ); // prettier-ignore
  });

  it('sends the hits of a block of orbits to one partition, and says so', async () => {
    await fc.assert(
      fc.asyncProperty(files, packOptions, async (input, pack) => {
        const writer = new MemoryWriter();
        await new ProduceRun(memoryInput(input), writer, optionsOf({ ...pack, partitionBy: 'orbit' })).run();
        for (const { partition, headers, rows } of writer.messages) {
          assert.equal(headers[headerNames.orbitBlock], String(orbitBlock));
          for (const row of rows) {
            const fate = classify(`${row}\n`, defaultGeometry);
            if (fate.kind !== 'hit' && fate.kind !== 'scintillator') continue;
            assert.equal(partition, Math.floor(fate.orbit / orbitBlock) % pack.partitions);
          }
        }
      }),
    );
  });

  it('fills messages, in turn where they go round, and marks all but one plain line', async () => {
    const text = Array.from({ length: 10 }, (_, index) => `2,0,1,${index},3,4`);
    const input = memoryInput([{ format: 'csv', bytes: Buffer.from(`${text.join('\n')}\n`) }]);
    const run = async (pack: Partial<PackOptions>): Promise<MemoryWriter> => {
      const writer = new MemoryWriter();
      await new ProduceRun(input, writer, optionsOf({ partitionBy: 'round-robin', ...pack })).run();
      return writer;
    };
    const single = await run({});
    assert.deepEqual(rowsByPartition(single, 3)[1], [text[1], text[4], text[7]]);
    assert.deepEqual(new Set(single.messages.map(({ value }) => value.toString())), new Set(text));
    assert.deepEqual(single.messages[0].headers, {});
    const many = await run({ rowsPerMessage: 4 });
    assert.deepEqual(many.messages.map(({ rows }) => rows.length), [4, 4, 2]);
    assert.deepEqual(many.messages[2], { partition: 2, headers: { [headerNames.contentType]: contentTypes.csv }, rows: text.slice(8), value: Buffer.from(text.slice(8).join('\n')) });
    const mixed = memoryInput([{ format: 'csv', bytes: Buffer.from('2,0,1,5,6,7\ngarbage\n2,0,1,5,6,8') }]);
    const writer = new MemoryWriter();
    await new ProduceRun(mixed, writer, optionsOf({ partitionBy: 'round-robin', encoding: 'words', rowsPerMessage: 9 })).run();
    assert.deepEqual(writer.messages.map(({ partition, rows }) => [partition, ...rows]), [[0, '2,0,1,5,6,7'], [1, 'garbage'], [2, '2,0,1,5,6,8']]);
    const words = await run({ encoding: 'words' });
    assert.deepEqual(words.messages[0].headers, { [headerNames.contentType]: contentTypes.words });
    assert.ok(words.messages.every(({ value }) => value.length === 8));
  }); // prettier-ignore

  it('ends a message before it gets too long for a broker', async () => {
    const lines = Array.from({ length: 5 }, () => 'x'.repeat(messageBytesMax / 2 - 1));
    const writer = new MemoryWriter();
    const input = memoryInput([{ format: 'csv', bytes: Buffer.from(lines.join('\n')) }]);
    await new ProduceRun(input, writer, optionsOf({ rowsPerMessage: 100, appendBytes: 1e7 })).run();
    assert.deepEqual(
      writer.messages.map(({ rows }) => rows.length),
      [2, 2, 1],
    );
    assert.ok(writer.messages.every(({ value }) => value.length < messageBytesMax));
  });

  it('writes what no word can hold as text beside the words, in its place', async () => {
    const text = ['2,0,1,5,6,7', '1,0,1,5,18504,3.5', '02,0,1,5,6,7', '2,0,1,6,6,7', 'garbage'];
    const writer = new MemoryWriter();
    const input = memoryInput([{ format: 'csv', bytes: Buffer.from(text.join('\n')) }]);
    await new ProduceRun(input, writer, optionsOf({ encoding: 'words', rowsPerMessage: 100, partitions: 1 })).run();
    assert.deepEqual(
      writer.messages.map(({ headers, rows }) => [headers[headerNames.contentType], rows]),
      [
        [contentTypes.words, [text[0]]],
        [contentTypes.csv, text.slice(1, 3)],
        [contentTypes.words, [text[3]]],
        [contentTypes.csv, [text[4]]],
      ],
    );
  });

  it('goes on after a death at any append without a row lost or repeated', async () => {
    const deaths = fc.array(fc.nat(6), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(files, sizes, packOptions, deaths, fc.boolean(), async (input, pieces, pack, failures, canOpenAt) => {
        const source = memoryInput(input, { sizes: pieces, canOpenAt });
        const rows = Array.from({ length: pack.partitions }, (): string[] => []);
        let state: string | undefined;
        for (const failAt of [...failures, Infinity]) {
          const writer = new MemoryWriter({ failAt });
          const resume = state === undefined ? undefined : decodeResumeState(state);
          const run = new ProduceRun(source, writer, optionsOf({ ...pack, resume, appendBytes: 100 }));
          await run.run().catch((error: unknown) => assert.match(String(error), /killed/));
          rowsByPartition(writer, pack.partitions).forEach((more, partition) => rows[partition].push(...more));
          state = writer.resume?.state ?? state;
        }
        assertInterleaved(textsOf(input), rows);
      }),
      { numRuns: casesOf(200) },
    ); // prettier-ignore
  });

  it('marks the first messages of a new run in each partition, with the same mark after a resume', async () => {
    const rows = (orbit: number, count: number): string =>
      Array.from({ length: count }, (_, row) => `2,0,1,${orbit + row},0,5\n`).join('');
    // Blocks of 64 orbits: the third partition has no row before the resume.
    const input = memoryInput([{ format: 'csv', bytes: Buffer.from(rows(0, 256)) }], { sizes: [200] });
    const marksOf = ({ appends }: MemoryWriter): (string | undefined)[][] =>
      [0, 1, 2].map((partition) => {
        const own = appends.flatMap((append) => append.filter((message) => message.partition === partition));
        return [...new Set(own.map(({ headers }) => headers[headerNames.run]))];
      });
    const first = new MemoryWriter();
    await new ProduceRun(input, first, optionsOf({ newRun: 'm', rowsMax: 128, appendBytes: 100 })).run();
    assert.deepEqual(marksOf(first), [['m', undefined], ['m', undefined], []]); // prettier-ignore
    const resume = decodeResumeState(first.resume?.state ?? '');
    for (const newRun of [undefined, 'other']) {
      const second = new MemoryWriter();
      await new ProduceRun(input, second, optionsOf({ newRun, resume, appendBytes: 100 })).run();
      assert.deepEqual(marksOf(second), [['m', undefined], [], ['m', undefined]]); // prettier-ignore
      assert.equal(decodeResumeState(second.resume?.state ?? '').newRun, 'm');
    }
    const plain = new MemoryWriter();
    await new ProduceRun(input, plain, optionsOf({ rowsMax: 128 })).run();
    assert.deepEqual(marksOf(plain), [[undefined], [undefined], []]);
    const continued = new MemoryWriter();
    const plainState = decodeResumeState(plain.resume?.state ?? '');
    await new ProduceRun(input, continued, optionsOf({ newRun: 'm', resume: plainState })).run();
    assert.deepEqual(marksOf(continued), [[undefined], [], [undefined]]);
  });

  it('refuses to resume an input that has changed or is shorter', async () => {
    const text = Array.from({ length: 50 }, (_, index) => `2,0,1,${index},3,4\n`);
    const first = new MemoryWriter();
    const fileOf = (lines: readonly string[]): MemoryFile => ({ format: 'csv', bytes: Buffer.from(lines.join('')) });
    await new ProduceRun(memoryInput([fileOf(text)]), first, optionsOf({ rowsMax: 30 })).run();
    const resume = decodeResumeState(first.resume?.state ?? '');
    for (const canOpenAt of [true, false]) {
      for (const lines of [text.slice(0, 29), text.with(29, '2,0,1,7,3,4\n'), []]) {
        const writer = new MemoryWriter();
        const run = new ProduceRun(memoryInput([fileOf(lines)], { canOpenAt }), writer, optionsOf({ resume }));
        await assert.rejects(run.run(), {
          code: 'input',
          message: /^cannot resume file 0: its .*rows must be unchanged/,
        });
        assert.equal(writer.messages.length, 0);
      }
      // The row is there, but in another file.
      const writer = new MemoryWriter();
      const files = memoryInput([fileOf(text.slice(0, 9)), fileOf(text)], { canOpenAt });
      await assert.rejects(new ProduceRun(files, writer, optionsOf({ resume })).run(), { code: 'input' });
      assert.equal(writer.messages.length, 0);
    }
  });

  it('lets orbits go on rising when it loops, by words as by lines, also after a death', async () => {
    const text = ['2,0,1,4294967000,3,4', 'garbage', '2,0,1,4294967200,3,4', '3,0,1,4294967290,3,-9', '2,0,2, 10 ,3,4'];
    const input = [{ format: 'csv', bytes: Buffer.from(text.join('\n')) }] as const;
    // The pass lasts from 4,294,967,000 to 2^32 + 10, and the gap is 4096.
    const step = 306 + 4096;
    const expected = [0, 1, 2].flatMap((pass) =>
      pass === 0
        ? text
        : [4294967000, 0, 4294967200, 4294967290, 10].map((orbit, row) => {
            const moved = (orbit + pass * step) % 2 ** 32;
            return text[row].replace(/ ?\b(4294967\d+|10)\b ?/, String(moved));
          }),
    );
    for (const encoding of encodings) {
      const rows: string[] = [];
      let state: string | undefined;
      for (const failAt of [0, 2, 1, 1, Infinity]) {
        const writer = new MemoryWriter({ failAt });
        const resume = state === undefined ? undefined : decodeResumeState(state);
        const options = optionsOf({ loop: true, rowsMax: 15, appendBytes: 30, partitions: 1, encoding, resume });
        await new ProduceRun(memoryInput(input, { canOpenAt: true }), writer, options).run().catch(() => undefined);
        rows.push(...writer.messages.flatMap((message) => message.rows));
        state = writer.resume?.state ?? state;
      }
      assert.deepEqual(rows, expected);
    }
  });

  it('does not loop over an input without rows', async () => {
    const input = memoryInput([{ format: 'csv', bytes: Buffer.from('\n \n') }]);
    const run = new ProduceRun(input, new MemoryWriter(), optionsOf({ loop: true }));
    await assert.rejects(run.run(), { code: 'input', message: 'cannot loop over the input: it has no rows' });
  });

  it('writes the rows before a failure of the input, then fails', async () => {
    const inner = memoryInput([{ format: 'csv', bytes: Buffer.from('2,0,1,5,6,7\n2,0,1,6,6,7\n2,0,1') }], {
      sizes: [30],
    });
    const writer = new MemoryWriter();
    const input = {
      ...inner,
      async *open() {
        for await (const placed of inner.open(undefined, new AbortController().signal)) {
          let reads = 0;
          yield { ...placed, source: { ...placed.source, bytesDone: 0, read: (target: Uint8Array) => (reads++ > 0 ? Promise.reject(new Error('torn')) : placed.source.read(target)) } };
        }
      },
    }; // prettier-ignore
    await assert.rejects(new ProduceRun(input, writer, optionsOf({})).run(), /torn/);
    assert.deepEqual(writer.messages.map(({ rows }) => rows[0]).toSorted(), ['2,0,1,5,6,7', '2,0,1,6,6,7']);
  });
});

/** Time that passes only in sleeps and appends. */
class FakeTime implements ProduceClock {
  nowMs = 1000;
  readonly #overshootsMs: readonly number[];
  #turn = 0;

  /** @param overshootsMs by how much sleeps are too long, again and again */
  constructor(overshootsMs: readonly number[]) {
    this.#overshootsMs = overshootsMs;
  }

  /** Time in which the process was stopped. */
  stoppedMs = 0;

  readonly now = (): number => this.nowMs;
  readonly awakeNow = (): number => this.nowMs - this.stoppedMs;
  readonly sleep = async (ms: number): Promise<void> => {
    if (ms > 0) this.nowMs += ms + this.#overshootsMs[this.#turn++ % this.#overshootsMs.length];
    return setImmediate();
  };
}

describe('ProduceRun by a schedule', () => {
  const bytes = Buffer.from('2,0,1,5,6,7\n'.repeat(5000));
  const timings = fc.record({
    rate: fc.constantFrom(100, 1000, 7777, 100_000),
    rowsMax: fc.integer({ min: 1, max: 5000 }),
    overshootsMs: fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { minLength: 1, maxLength: 5 }),
    appendMs: fc.array(fc.double({ min: 0, max: 40, noNaN: true }), { minLength: 1, maxLength: 5 }),
  });

  it('is never early, and late by no more than one tick and one append, however long it runs', async () => {
    await fc.assert(
      fc.asyncProperty(timings, async ({ rate, rowsMax, overshootsMs, appendMs }) => {
        const time = new FakeTime(overshootsMs);
        const startMs = time.nowMs;
        const lateMsMax = 10 + Math.max(...overshootsMs) + 2 * Math.max(...appendMs);
        let rows = 0;
        let turn = 0;
        const writer = new MemoryWriter({
          onAppend: (more) => {
            const dueAtMs = (row: number): number => startMs + (row * 1000) / rate;
            assert.ok(dueAtMs(rows + more - 1) <= time.nowMs + 1e-3, 'a row is early');
            assert.ok(time.nowMs - dueAtMs(rows) <= lateMsMax + 1e-3, `${time.nowMs - dueAtMs(rows)} ms late`);
            rows += more;
            time.nowMs += appendMs[turn++ % appendMs.length];
          },
        });
        const options = optionsOf({ lingerMs: 10, pace: rate, rowsMax, clock: time });
        const status = await new ProduceRun(memoryInput([{ format: 'csv', bytes }]), writer, options).run();
        assert.equal(rows, rowsMax);
        const exactMs = ((rowsMax - 1) * 1000) / rate;
        assert.ok(Math.abs(status.elapsedMs - exactMs) <= lateMsMax + 1e-3, `${status.elapsedMs} ms, not ${exactMs}`);
      }),
      { numRuns: 50 },
    );
  });

  it('is on time to the instant where nothing disturbs it: each row of a slow run, the last one of a quick one', async () => {
    for (const rate of [30, 1030]) {
      const time = new FakeTime([0]);
      const times: number[] = [];
      const writer = new MemoryWriter({ onAppend: () => void times.push(time.nowMs - 1000) });
      const options = optionsOf({ lingerMs: 10, pace: rate, rowsMax: 50, clock: time });
      await new ProduceRun(memoryInput([{ format: 'csv', bytes }]), writer, options).run();
      const exact = rate === 30 ? Array.from({ length: 50 }, (_, row) => row * (1000 / 30)) : [49 * (1000 / 1030)];
      exact.forEach((ms, index) => assert.ok(Math.abs(times[times.length - exact.length + index] - ms) < 1e-3));
    }
  });

  it('does not hurry after a live input that had no rows for a while', async () => {
    const time = new FakeTime([0]);
    const appended: number[] = [];
    const writer = new MemoryWriter({ onAppend: (rows) => void appended.push(rows) });
    const inner = memoryInput([{ format: 'csv', bytes: bytes.subarray(0, 2000 * 12) }], {
      sizes: [12_000],
      isLive: true,
    });
    let reads = 0;
    const input: ProduceInput = {
      ...inner,
      async *open(from, signal) {
        for await (const { source, ...placed } of inner.open(from, signal)) {
          const read = async (target: Uint8Array): Promise<number> => {
            if (++reads === 2) {
              // Once all rows are written, and one turn later, the run waits.
              while (run.status().rows < 1000) await setImmediate();
              await setImmediate();
              time.nowMs += 60_000;
            }
            return source.read(target);
          };
          yield { ...placed, source: { name: '', format: 'csv', bytesDone: 0, read, close: () => source.close() } };
        }
      },
    };
    const run = new ProduceRun(input, writer, optionsOf({ lingerMs: 10, pace: 1000, clock: time }));
    const status = await run.run();
    assert.equal(status.rows, 2000);
    assert.ok(Math.max(...appended) <= 102, `${Math.max(...appended)} rows at once`);
    assert.ok(Math.abs(status.inputWaitMs - 59_900) < 20, `${status.inputWaitMs} ms`);
    assert.equal(status.debtGivenUpMs, 0);
  });

  it('says by how much it is behind when the log is too slow, and never writes more than an append at once', async () => {
    const time = new FakeTime([0]);
    const behindMs: number[] = [];
    const writer = new MemoryWriter({
      onAppend: (rows) => {
        assert.ok(rows * 11 <= 2000 + 8192 * 11);
        // Half as fast as asked for.
        time.nowMs += rows * 2;
        behindMs.push(run.status().behindMs);
      },
    });
    const options = optionsOf({ lingerMs: 10, pace: 1000, rowsMax: 2000, clock: time, appendBytes: 2000 });
    const run = new ProduceRun(memoryInput([{ format: 'csv', bytes }]), writer, options);
    const status = await run.run();
    assert.ok(Math.max(...behindMs) > 1500, `${Math.max(...behindMs)} ms`);
    assert.ok(Math.abs(status.elapsedMs - 4000) < 20, `${status.elapsedMs} ms`);
  });

  it('does not take time in which it was stopped for time in which the log took nothing', async () => {
    const time = new FakeTime([0]);
    let appendingMs = 0;
    const writer = new MemoryWriter({
      onAppend: async () => {
        await setImmediate();
        time.nowMs += 70_500;
        time.stoppedMs += 70_000;
        ({ appendingMs } = run.status());
      },
    });
    const options = optionsOf({ pace: 1000, rowsMax: 1, clock: time });
    const run = new ProduceRun(memoryInput([{ format: 'csv', bytes }]), writer, options);
    await run.run();
    assert.equal(appendingMs, 500);
  });

  it('ends on a signal with what is due written and nothing else', async () => {
    const stop = new AbortController();
    const time = new FakeTime([0]);
    const writer = new MemoryWriter({
      onAppend: () => {
        if (time.nowMs >= 1500 && !stop.signal.aborted) {
          stop.abort();
          time.nowMs += 100;
        }
      },
    });
    const options = optionsOf({ lingerMs: 10, pace: 1000, clock: time, signal: stop.signal });
    const { rows } = await new ProduceRun(memoryInput([{ format: 'csv', bytes }]), writer, options).run();
    assert.equal(rows, Math.floor(time.nowMs - 1000) + 1);
    assert.equal(writer.messages.length, rows);
    assert.equal(decodeResumeState(writer.resume?.state ?? '').rows, rows);
  });
});
