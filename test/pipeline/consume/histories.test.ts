import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ComputePool } from '../../../src/compute/pool.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import { decodeCheckpoint, laneMarkOf } from '../../../src/pipeline/consume/lane-checkpoint.js';
import { recordsOf } from '../../../src/transport/records-of.js';
import type { CommittedOffset } from '../../../src/transport/transport.js';
import type { MemoryLog } from '../../helpers/memory-log/memory-log.js';
import { assertMessageLaws } from '../../helpers/assert/message-laws.js';
import { rowsOfMessage } from '../../model/classify.js';
import { joined, ModelGroup, type ModelRecord } from '../../model/group.js';
import { recount, totalsOf } from '../../model/recount.js';
import { modelViewOf } from '../../model/replay.js';
import { batchOf } from '../../transport/records.js';
import { type Interruption, memoryLog, readMessages, runSession, topics, verify } from './lane-harness.js';

/** Many of them: `DTSTREAM_HISTORIES=100000 npm test -- histories`; `DTSTREAM_SEED` repeats a run. */
const numRuns = Number(process.env.DTSTREAM_HISTORIES ?? 60);
const seed = Number(process.env.DTSTREAM_SEED ?? Date.now() % 2 ** 31);

/** A history that takes longer hangs. */
const timeoutMs = 20_000;

const { topic, group, results } = topics;
const setup = {
  wires: wireCodes(defaultGeometry),
  clock: defaultGeometry.clock,
  chambers: 4,
  shards: 1,
  chunkBytes: 1024,
};
const pool = new ComputePool(1, setup);
after(() => pool.close());

/** Rows of one kind each: a hit further on or a little back, a scintillator row, no hit, malformed. */
interface Line {
  readonly kind: number;
  readonly step: number;
}

/** What happens to a log and its group. */
type Event =
  | { readonly kind: 'append'; readonly partition: number; readonly lines: readonly Line[]; readonly perRecord: number }
  | { readonly kind: 'delete'; readonly partition: number; readonly share: number }
  | { readonly kind: 'skip'; readonly partition: number; readonly offsets: number }
  | { readonly kind: 'add partition' | 'remake' | 'reset' | 'forget key' }
  | { readonly kind: 'undecided'; readonly partition: number; readonly lines: readonly Line[] }
  | { readonly kind: 'drop commit'; readonly partition: number }
  | {
      readonly kind: 'session';
      readonly untilEnd: boolean;
      readonly batchRows: number;
      readonly interruption: Interruption;
      /** Happens at the commit before which the interruption comes, while rows are under way. */
      readonly amid:
        { readonly partition: number; readonly lines: readonly Line[]; readonly share: number } | undefined;
    };

const partition = fc.nat(3);
const lines = fc.array(fc.record({ kind: fc.nat(9), step: fc.integer({ min: -30, max: 60 }) }), { maxLength: 25 });
const share = fc.constantFrom(0.2, 0.5, 0.9, 1);
const append = fc.record({ kind: fc.constant('append' as const), partition, lines, perRecord: fc.constantFrom(1, 3) });
const session = fc.record({
  kind: fc.constant('session' as const),
  untilEnd: fc.boolean(),
  batchRows: fc.constantFrom(1, 7, 40),
  interruption: fc.record({ kind: fc.constantFrom('before', 'after', 'stop'), commit: fc.nat(4) }),
  amid: fc.option(fc.record({ partition, lines, share }), { nil: undefined }),
});
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: append },
  { weight: 6, arbitrary: session },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete' as const), partition, share }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('skip' as const), partition, offsets: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('add partition', 'remake', 'reset', 'forget key') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undecided' as const), partition, lines }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop commit' as const), partition }) },
);
const historyArbitrary = fc.record({
  partitions: fc.integer({ min: 2, max: 3 }),
  lateness: fc.constantFrom(0, 40, 1000),
  lanes: fc.constantFrom(1, 1, 2),
  events: fc.array(event, { minLength: 1, maxLength: 12 }),
});

/** A log, its group, and the model of both. */
class Life {
  readonly model: ModelGroup;
  readonly #clock: number[] = [];

  constructor(
    readonly log: MemoryLog,
    readonly options: { readonly partitions: number; readonly lateness: number; readonly lanes: number },
  ) {
    this.model = new ModelGroup(options.partitions);
  }

  get committed(): Map<number, CommittedOffset> {
    return this.log.committed.get(`${group} ${topic}`) ?? new Map<number, CommittedOffset>();
  }

  /** Partitions that the topic had at the last commits. */
  get partitionsKnown(): number {
    const known = [...this.committed].map(([own, offset]) => laneMarkOf(own, offset).partitions ?? Infinity);
    return Math.min(...known);
  }

  /** Records of so many lines each, of a partition that has an orbit counter of its own. */
  records(any: number, of: readonly Line[], perRecord: number): { partition: number; values: string[] } {
    const own = any % this.model.partitions.length;
    const texts = of.map(({ kind, step }) => {
      const orbit = Math.max(0, (this.#clock[0] ?? 100) + step);
      this.#clock[0] = Math.max(this.#clock[0] ?? 100, orbit);
      if (kind === 9) return '2,0,x,1,1,1';
      if (kind === 8) return `3,0,1,${orbit},1,-9`;
      if (kind === 7) return `2,1,128,${orbit},5,5`;
      return `2,${kind % 2},${(kind * 31 + step + 30) % 128},${orbit},5,5`;
    });
    const values: string[] = [];
    for (let from = 0; from < texts.length; from += perRecord)
      values.push(texts.slice(from, from + perRecord).join('\n'));
    return { partition: own, values };
  }

  append(any: number, of: readonly Line[], perRecord: number): void {
    const { partition: own, values } = this.records(any, of, perRecord);
    if (values.length === 0) return;
    this.log.append(topic, [batchOf(own, values)]);
    this.#tellModel(own);
  }

  /** The model has what the log has, up to where readers see. */
  #tellModel(own: number): void {
    const { stored, end } = this.log.partition(topic, own);
    const known = this.model.partitions[own].records;
    for (const batch of stored) {
      if (batch.firstOffset < known.length || batch.nextOffset > end) continue;
      const records: ModelRecord[] = [...recordsOf(batch)].map(({ value }) => rowsOfMessage(value, defaultGeometry));
      while (records.length < batch.nextOffset - batch.firstOffset) records.push([]);
      this.model.append(own, records);
    }
  }

  skip(any: number, offsets: number): void {
    const own = any % this.model.partitions.length;
    this.log.skip(topic, own, offsets);
    this.#tellModel(own);
  }

  undecided(any: number, of: readonly Line[]): void {
    const { partition: own, values } = this.records(any, of, 1);
    if (values.length > 0) this.log.appendUndecided(topic, batchOf(own, values));
  }

  decideAll(): void {
    for (const own of this.model.partitions.keys()) {
      const { end, next } = this.log.partition(topic, own);
      if (next > end) this.log.decide(topic, own);
      this.#tellModel(own);
    }
  }

  deleteShare(any: number, part: number): void {
    const own = any % this.model.partitions.length;
    const { first, end } = this.log.partition(topic, own);
    const offset = first + Math.floor((end - first) * part);
    this.log.deleteBefore(topic, own, offset);
    this.model.deleteBefore(own, offset);
  }

  /** Messages of the history that the commits belong to. */
  async messages(): Promise<BatchMessage[]> {
    const histories = new Set(
      [...this.committed].map(([own, offset]) => decodeCheckpoint(new Map([[own, offset]]))?.history),
    );
    return (await readMessages(this.log)).filter(({ history }) => histories.has(history));
  }
}

/** Offsets that a group's messages say it has read or lost, by partition and in order. */
function tilesOf(
  messages: readonly BatchMessage[],
  partitionOf: number,
): { lost: [number, number][]; read: [number, number][] } {
  const key = String(partitionOf);
  return {
    lost: messages.flatMap(({ lost }) => (lost?.[key] ?? []).map(([from, to]): [number, number] => [from, to])),
    read: messages.flatMap(({ input }) => (key in input ? [input[key]] : [])),
  };
}

async function live(history: {
  partitions: number;
  lateness: number;
  lanes: number;
  events: readonly Event[];
}): Promise<void> {
  const log = await memoryLog(history.partitions);
  const life = new Life(log, history);
  const { lateness, lanes } = history;
  let mustReset = false;
  const work = async (of: Partial<Extract<Event, { kind: 'session' }>>): Promise<void> => {
    const { untilEnd = true, batchRows = 40, interruption, amid } = of;
    const how = untilEnd ? {} : { untilEnd: false, batchIntervalMs: 1, idleMs: 0 };
    let commits = 0;
    const onBatch = (): void => {
      if (amid === undefined || commits++ !== interruption?.commit) return;
      // In one go, so that nobody reads what is deleted before it could be.
      life.append(amid.partition, amid.lines, 1);
      life.deleteShare(amid.partition, amid.share);
    };
    if (mustReset) life.model.reset();
    else life.model.begin(life.committed.size === 0 ? Infinity : life.partitionsKnown, new Set(life.committed.keys()));
    const starts = new Map(life.model.partitions.map(({ start }, own) => [own, start]));
    const startsOf = (): Promise<Map<number, number>> => Promise.resolve(starts);
    const options = { lateness, lanes, batchRows, onBatch, startsOf, ...how, reset: mustReset };
    mustReset = false;
    await runSession(log, pool, options, interruption);
    followCommits();
  };
  /** The model reads as far as the group has, with the holes that the group says where they came up amid a session. */
  const followCommits = (): void => {
    for (const [own, { read }] of decodeCheckpoint(life.committed)?.lane.partitions ?? []) life.model.readTo(own, read);
  };
  const assertRefused = async (): Promise<void> => {
    await assert.rejects(runSession(log, pool, { lateness, lanes }), { code: 'transport' });
    if ((await log.groups([group])).length > 0) await assert.rejects(verify(log), { code: 'not-comparable' });
  };

  let hasAmid = false;
  for (const now of history.events) {
    switch (now.kind) {
      case 'append':
        life.append(now.partition, now.lines, now.perRecord);
        break;
      case 'delete':
        life.deleteShare(now.partition, now.share);
        break;
      case 'skip':
        life.skip(now.partition, now.offsets);
        break;
      case 'undecided':
        life.undecided(now.partition, now.lines);
        break;
      case 'add partition':
        log.addPartitions(topic, life.model.partitions.length + 1);
        life.model.addPartitions(life.model.partitions.length + 1);
        break;
      case 'remake':
        log.remake(topic);
        life.model.remake();
        if (life.committed.size > 0 && !mustReset) await assertRefused();
        mustReset = true;
        break;
      case 'reset':
        mustReset = true;
        break;
      case 'forget key':
        for (const [own, { offset, metadata }] of life.committed) {
          const said = Object.entries(JSON.parse(metadata) as object).filter(([key]) => key !== 'topic');
          life.committed.set(own, { offset, metadata: JSON.stringify(Object.fromEntries(said)) });
        }
        break;
      case 'drop commit': {
        const kept = life.committed.get(now.partition);
        const others = [...life.committed.keys()].filter(
          (own) => own !== now.partition && own % lanes === now.partition % lanes,
        );
        if (kept === undefined || others.length === 0 || mustReset) break;
        life.committed.delete(now.partition);
        await assertRefused();
        life.committed.set(now.partition, kept);
        break;
      }
      case 'session':
        hasAmid ||= now.amid !== undefined;
        await work(now);
        break;
      default:
        now satisfies never;
    }
  }
  life.decideAll();
  await work({});
  await assertWhole(life, hasAmid);
}

/** Everything is read: each record counts once, or is lost and said to be; verify says the same. */
async function assertWhole(life: Life, hasAmid: boolean): Promise<void> {
  const { log, model, options } = life;
  const messages = await life.messages();
  for (let lane = 0; lane < options.lanes; lane++) {
    assertMessageLaws(messages.filter(({ producer }) => producer === `${group}/${lane}`));
  }
  const counted: ModelRecord[] = [];
  for (const [own, { records, first, start }] of model.partitions.entries()) {
    const { lost, read } = tilesOf(messages, own);
    const tiles = [...lost, ...read].sort(([a], [b]) => a - b);
    let reached = tiles[0]?.[0] ?? records.length;
    if (tiles.length > 0) assert.equal(reached, start, `partition ${own} begins`);
    for (const [from, to] of tiles) {
      assert.equal(from, reached, `partition ${own} is tiled`);
      reached = to;
    }
    assert.ok(lost.every(([, to]) => to <= first));
    for (const [from, to] of read) counted.push(...records.slice(from, to));
    // What was deleted between sessions is known to the model without being told.
    if (!hasAmid) assert.deepEqual(joined(lost), model.lost.get(own) ?? []);
  }
  const rows = counted.flat();
  if (!hasAmid) assert.equal(rows.length, model.counted.length);
  const sum = (of: (message: BatchMessage) => number): number =>
    messages.reduce((all, message) => all + of(message), 0);
  assert.equal(
    sum(({ ledger }) => ledger.rows_read),
    rows.length,
  );
  const carriedLost = sum(({ ledger }) => ledger.carried_lost ?? 0);
  const orbits = rows.filter(({ kind }) => kind === 'hit' || kind === 'scintillator').length;
  assert.equal(
    sum(({ ledger }) => ledger.hits + ledger.scintillator),
    orbits - carriedLost,
  );
  if (carriedLost === 0) {
    const channels = totalsOf(messages.map(modelViewOf), defaultGeometry).channels;
    assert.deepEqual(channels, recount(rows, defaultGeometry).channels);
  }
  if (messages.length === 0) return;
  const report = await verify(log);
  const said = report.incomplete;
  assert.deepEqual(report.differences, []);
  assert.deepEqual([said.unread, said.undecided, said.carriedLost], [[], [], carriedLost]);
  for (const own of model.partitions.keys()) {
    const ranges = said.lost
      .filter((range) => range.partition === own)
      .map(({ offsets }): readonly [number, number] => offsets ?? [NaN, NaN]);
    assert.deepEqual(joined(ranges), joined(tilesOf(messages, own).lost));
  }
  await assertNoticed(life, messages);
}

/** verify finds what is done to a log afterwards by itself. */
async function assertNoticed(life: Life, messages: readonly BatchMessage[]): Promise<void> {
  const { log } = life;
  life.append(0, [{ kind: 0, step: 1 }], 1);
  const unread = (await verify(log)).incomplete.unread;
  assert.deepEqual(
    unread.map(({ partition: own, records }) => [own, records]),
    [[0, 1]],
  );
  life.deleteShare(0, 1);
  const { lost } = (await verify(log)).incomplete;
  if (life.committed.has(0)) assert.ok(lost.some((range) => range.partition === 0));
  const last = messages.at(-1);
  log.append(results, [batchOf(0, [JSON.stringify(last)])]);
  const repeated = await verify(log);
  assert.ok(repeated.differencesTotal > 0, 'a repeated message');
}

describe('a log with holes, repeats and foreign commits', () => {
  it('is processed and verified as a plain recount says', async (context) => {
    context.diagnostic(`${numRuns} histories, DTSTREAM_SEED=${seed}`);
    await fc.assert(fc.asyncProperty(historyArbitrary, live), { numRuns, seed, timeout: timeoutMs });
  });
});
