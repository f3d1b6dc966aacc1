import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import type { SessionOptions } from '../../../src/pipeline/consume/session-options.js';
import { type MessagePart, messagePart } from '../../../src/pipeline/verify/message-part.js';
import { type VerifyReport, verifyGroup } from '../../../src/pipeline/verify/verify-group.js';
import {
  type CommittedOffset,
  headerNames,
  type OutgoingBatch,
  type Transport,
} from '../../../src/transport/transport.js';
import type { Physics } from '../../../src/domain/physics-message.js';
import { SummarySum } from '../../../src/domain/summary.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { directPool } from '../../helpers/program/direct.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { streamArbitrary } from '../../model/arbitraries.js';
import { temporaryDir } from '../../transport/embedded/temporary-store.js';
import { batchOf } from '../../transport/records.js';
import {
  defaultPlan as plan,
  readMessages,
  recordsOfLines,
  runSession,
  topics,
  verify,
  withLog,
} from '../consume/lane-harness.js';

const pool = directPool({ threads: 1, shards: 2, plan });
after(() => pool.close());

/** What a group has left in a log. */
interface Published {
  readonly raw: readonly OutgoingBatch[];
  readonly messages: readonly BatchMessage[];
  readonly committed: ReadonlyMap<number, CommittedOffset>;
}

const keyedBySlot = { headers: { [headerNames.orbitBlock]: '64' } };

/** Hits of two partitions, one orbit after the other. */
function plainHits(rows: number, orbitFirst = 0): OutgoingBatch[] {
  const lines = Array.from({ length: rows }, (_, row) => {
    return `2,${row % 2},${(row * 7) % 128},${orbitFirst + (row >> 1)},5,5\n`;
  });
  return [0, 1].map((partition) =>
    batchOf(
      partition,
      lines.filter((_, row) => row % 2 === partition),
      keyedBySlot,
    ),
  );
}

/** The same records in another order, far from that of their orbits. */
function mixed(batch: OutgoingBatch): OutgoingBatch {
  const lines = Buffer.from(batch.values).toString().trimEnd().split('\n');
  return batchOf(
    batch.partition,
    lines.map((_, index) => lines[(index * 7) % lines.length]),
  );
}

/** What a group publishes of these rows; it stops, with orbits open, where it is not told to go to the end. */
function publish(raw: readonly OutgoingBatch[], options: Partial<SessionOptions> = {}): Promise<Published> {
  return withLog(raw.length, async (log) => {
    await append(log, raw);
    await runSession(log, pool, { plan, lateness: 20, batchRows: 30, ...options });
    return { raw, messages: await readMessages(log), committed: await committedOf(log) };
  });
}

/** The same in several sessions, each of which publishes all orbits; messages are published a millisecond apart. */
function publishInPieces(rows: readonly number[]): Promise<Published> {
  const raw: OutgoingBatch[] = [];
  let nowMs = Date.UTC(2026, 0, 1);
  return withLog(2, async (log) => {
    let orbitFirst = 0;
    for (const count of rows) {
      const piece = plainHits(count, orbitFirst);
      raw.push(...piece);
      await append(log, piece);
      await runSession(log, pool, { plan, lateness: 20, batchRows: 30, now: () => nowMs++ });
      // Of other slots: those so far are closed.
      orbitFirst += 2 * 64;
    }
    return { raw, messages: await readMessages(log), committed: await committedOf(log) };
  });
}

async function append(log: Transport, raw: readonly OutgoingBatch[]): Promise<void> {
  const writer = await log.openWriter(topics.topic);
  await writer.append(raw);
  await writer.close();
}

async function committedOf(log: Transport): Promise<ReadonlyMap<number, CommittedOffset>> {
  return (await log.groups()).find(({ group }) => group === topics.group)?.committed ?? new Map();
}

/** What verify says of a log that holds exactly this. */
function verifyThis(
  { raw, messages, committed }: Published,
  partitions = raw.length,
  part?: MessagePart,
): Promise<VerifyReport> {
  return withLog(partitions, async (log) => {
    await append(log, raw);
    const member = await log.joinGroup({ ...topics, lanes: 1, reset: false });
    const lease = await member.nextLane(AbortSignal.timeout(30_000));
    const results = [
      batchOf(
        0,
        messages.map((message) => JSON.stringify(message)),
      ),
    ];
    await lease?.commit({ results, rejected: [], offsets: ofTopic(committed, lease.topic.id) });
    await member.close();
    return verify(log, { ...(part !== undefined && { part }) });
  });
}

/** The same commits as of this topic: what was published there stands for what was published here. */
function ofTopic(committed: Published['committed'], topic: string | undefined): Published['committed'] {
  return new Map(
    [...committed].map(([partition, { offset, metadata }]) => {
      return [partition, { offset, metadata: JSON.stringify({ ...(JSON.parse(metadata) as object), topic }) }];
    }),
  );
}

const live: Partial<SessionOptions> = { untilEnd: false, batchIntervalMs: 1 };

describe('verifyGroup', () => {
  it('finds what a group has published equal, and says what was compared', async () => {
    const report = await verifyThis(await publish(plainHits(200)));
    assert.deepEqual(report, {
      ...{ lanes: 1, messages: report.messages, messagesSkipped: 0, messagesGone: 0, rows: 200, rowsOpen: 0 },
      ...{ hits: 200, lateHits: 0, lateOrbits: 0, differences: [], differencesTotal: 0 },
      incomplete: { lost: [], unread: [], undecided: [], carriedLost: 0 },
      offsets: new Map([
        [0, [0, 100]],
        [1, [0, 100]],
      ]),
    });
    assert.ok(report.messages >= 7);
  });

  it('finds open orbits equal to what is carried', async () => {
    const report = await verifyThis(await publish(plainHits(200), live));
    assert.deepEqual([report.rows, report.rowsOpen, report.differences], [200, 72, []]);
  });

  it('leaves out of the comparison only orbits with late hits', async () => {
    const lines = [...Array.from({ length: 100 }, (_, orbit) => `2,0,1,${orbit},5,5`), '2,0,2,3,5,5', '2,0,1,101,5,5'];
    const published = await publish([batchOf(0, lines)]);
    const report = await verifyThis(published);
    assert.deepEqual([report.lateHits, report.lateOrbits, report.differences], [1, 1, []]);
    const missing = published.messages.map((message) => ({
      ...message,
      orbits: message.orbits - Math.min(1, message.orbits),
    }));
    const changed = await verifyThis({ ...published, messages: missing });
    assert.deepEqual(changed.differences.map(({ name }) => name), ['test/0 sum: orbits']); // prettier-ignore
  });

  it('compares a part of the messages up to where no orbit is open, and nothing else', async () => {
    const published = await publishInPieces([150, 70, 110]);
    const { messages } = published;
    const last = messages.length - 1;
    const closedMs = messages.map(({ batch }) => Date.parse(batch.closed));
    const index = fc.nat(last);
    await fc.assert(
      fc.asyncProperty(index, index, index, async (one, other, changed) => {
        const [first, end] = [Math.min(one, other), Math.max(one, other)];
        const begin = messages.findLastIndex(({ ledger }, at) => at <= first && ledger.carried_in === 0);
        const stop = messages.findIndex(({ ledger }, at) => at >= end && ledger.carried_out === 0);
        const part = messagePart({ fromMs: closedMs[first], toMs: closedMs[end] + 1 });
        const report = await verifyThis(published, 2, part);
        assert.deepEqual(report.differences, []);
        assert.equal(report.messagesOfPart, end - first + 1);
        assert.equal(report.messages, stop - begin + 1);
        const own = messages.slice(begin, stop + 1);
        assert.equal(report.rows, own.reduce((sum, { ledger }) => sum + ledger.rows_read, 0)); // prettier-ignore
        const wrong = messages.map((message, at) =>
          at === changed ? { ...message, orbits: message.orbits + 1 } : message,
        );
        const { differencesTotal } = await verifyThis({ ...published, messages: wrong }, 2, part);
        assert.equal(
          differencesTotal > 0,
          changed >= begin && changed <= stop,
          `message ${changed} of ${begin}-${stop}`,
        );
      }),
      { numRuns: casesOf(40) },
    );
    await assert.rejects(verifyThis(published, 2, messagePart({ run: 1 })), {
      code: 'not-comparable',
      message: /no message of group test is of this time and run/,
    });
  });

  it('notices every change of a message', async () => {
    const published = await publish(plainHits(200), live);
    const last = published.messages.length - 1;
    await fc.assert(
      fc.asyncProperty(fc.nat(last), fc.nat(), fc.constantFrom(-1, 1), async (index, leaf, step) => {
        const messages = published.messages.map((message) => structuredClone(message));
        const leaves = leavesOf(messages[index]).filter(({ path }) => !passedOver.test(path));
        const { holder, key, path } = leaves[leaf % leaves.length];
        holder[key] += step;
        const report = await verifyThis({ ...published, messages });
        assert.notEqual(report.differencesTotal, 0, path);
      }),
      { numRuns: casesOf(150) },
    );
  });

  it('notices every change of messages of rows in any order, of which nothing is late', async () => {
    const options = { lateness: Infinity, messageBytesMax: 16_000 };
    const published = await publish(plainHits(1000).map(mixed), options);
    assert.ok(published.messages.length > 1);
    assert.deepEqual((await verifyThis(published)).differences, []);
    const last = published.messages.length - 1;
    await fc.assert(
      fc.asyncProperty(fc.nat(last), fc.nat(), fc.constantFrom(-1, 1), async (index, leaf, step) => {
        const messages = published.messages.map((message) => structuredClone(message));
        const leaves = leavesOf(messages[index]).filter(({ path }) => !/^(batch|schema)\b/.test(path));
        const { holder, key, path } = leaves[leaf % leaves.length];
        holder[key] += step;
        const report = await verifyThis({ ...published, messages });
        assert.notEqual(report.differencesTotal, 0, path);
      }),
      { numRuns: casesOf(60) },
    );
    for (const changed of [[0], [last], [...published.messages.keys()]]) {
      const messages = published.messages.map((message, index) =>
        changed.includes(index) ? { ...message, lateness: undefined } : message,
      );
      assert.notEqual(
        (await verifyThis({ ...published, messages })).differencesTotal,
        0,
        `without it: ${changed.join(', ')}`,
      );
    }
  });

  it('finds a wrong bin of physics, and names it with both numbers', async () => {
    const published = await publish([batchOf(0, muonLines(110))], live);
    assert.deepEqual((await verifyThis(published)).differences, []);
    assert.ok(published.messages.length > 2);
    for (const [bin, change] of wrongBins) {
      const messages = published.messages.map((message) => structuredClone(message));
      const physics = messages.find((message) => message.physics?.chambers[0].drift.counts.some(Boolean))?.physics;
      assert.ok(physics);
      change(physics);
      const { differences, physicsNotCompared } = await verifyThis({ ...published, messages });
      const found = differences.find(({ name }) => name === `test/0 sum: physics.${bin}`);
      assert.deepEqual([physicsNotCompared, Number(found?.got) - Number(found?.expected)], [undefined, 1], bin);
    }
  });

  it('says why physics is not compared', async () => {
    const published = await publish(plainHits(200));
    const changed = async (
      change: (physics: Physics, index: number) => BatchMessage['physics'],
    ): Promise<VerifyReport> => {
      const messages = published.messages.map(({ physics, ...message }, index) => {
        const other = physics ? change(physics, index) : undefined;
        return { ...message, ...(other !== undefined && { physics: other }) };
      });
      const report = await verifyThis({ ...published, messages });
      assert.deepEqual(report.differences, []);
      return report;
    };
    const why = async (...of: Parameters<typeof changed>) => (await changed(...of)).physicsNotCompared ?? 'compared';
    assert.equal(await why((physics) => physics), 'compared');
    assert.match(await why(() => undefined), /^published with --physics off, or by an older version$/);
    assert.match(
      await why((physics, index) => (index === 0 ? undefined : physics)),
      /^1 of \d+ messages were published/,
    );
    assert.match(await why((physics) => ({ ...physics, geometry: 'other' })), /must be those of .* \(other\), got/);
    assert.match(
      await why((physics, index) => (index === 0 ? { ...physics, geometry: 'other' } : physics)),
      /of several configurations: other, /,
    );
    const late = [
      '2,0,1,100,5,5',
      '2,1,128,100,9,5',
      '2,0,1,1000,5,5',
      '2,0,2,3,5,5',
      '2,1,128,4,5,5',
      '2,0,1,2000,5,5',
    ];
    const rows = (some: readonly string[]) => publish([batchOf(0, some)], { batchRows: 1 });
    assert.equal((await verifyThis(await rows(late))).physicsNotCompared, '1 late orbit');
    const lateTrigger = late.filter((line) => line !== '2,0,2,3,5,5');
    assert.equal((await verifyThis(await rows(lateTrigger))).physicsNotCompared, '1 late trigger row');
  });

  it('compares physics of several lanes where slots are whole in one, and else it is null', async () => {
    for (const [lanes, block] of [
      [2, '64'],
      [2, '128'],
      [2, '32'],
      [2, undefined],
      [1, undefined],
    ] as const) {
      const headers = block === undefined ? {} : { [headerNames.orbitBlock]: block };
      const raw = plainHits(200).map((batch) => ({ ...batch, headers }));
      const { messages, report } = await withLog(2, async (log) => {
        await append(log, raw);
        await runSession(log, pool, { plan, lanes });
        return { messages: await readMessages(log), report: await verify(log) };
      });
      const isNull = lanes === 2 && block !== '64' && block !== '128';
      assert.deepEqual(report.differences, []);
      assert.deepEqual(messages.map(({ physics }) => physics === null), messages.map(() => isNull)); // prettier-ignore
      const reason = 'the topic is not keyed by slot, and the group has several lanes';
      assert.equal(report.physicsNotCompared, isNull ? reason : undefined);
      const sum = new SummarySum(defaultGeometry.chambers.length);
      for (const message of messages) sum.add(message);
      assert.equal(sum.summary.physics === null, isNull);
    }
  });

  it('compares the rest where some messages have no segments', async () => {
    const published = await publish([batchOf(0, muonLines(110))]);
    const messages = published.messages.map((message, index) => {
      if (index > 0 || !message.physics) return message;
      const chambers = Object.entries(message.physics.chambers).map(([key, counts]) => [
        key,
        { ...counts, segments: undefined },
      ]);
      return { ...message, physics: { ...message.physics, chambers: Object.fromEntries(chambers) as never } };
    });
    const { differences, physicsNotCompared } = await verifyThis({ ...published, messages });
    assert.deepEqual([differences, physicsNotCompared], [[], undefined]);
  });

  it('notices that a message is missing, stands twice or in another place', async () => {
    const published = await publish(plainHits(200), live);
    const { messages } = published;
    for (const [index, message] of messages.entries()) {
      const without = messages.filter((other) => other !== message);
      for (const changed of [without, messages.toSpliced(index, 0, message), [...without, message]]) {
        if (changed.every((other, place) => other === messages[place]) && changed.length === messages.length) continue;
        const { differencesTotal } = await verifyThis({ ...published, messages: changed });
        assert.notEqual(differencesTotal, 0, `message ${index} of ${messages.length}`);
      }
    }
  });

  it('notices every change of the last commit', async () => {
    const published = await publish(plainHits(200), live);
    for (const change of [{ r: 99 }, { id: 1 }, { carried: 39 }, { w: 2 ** 33 + 50 }, { w: 0 }, { lanes: 2 }]) {
      const committed = new Map(
        [...published.committed].map(([partition, { offset, metadata }]) => {
          const changed = { ...(JSON.parse(metadata) as object), ...change };
          return [partition, { offset, metadata: JSON.stringify(changed) }];
        }),
      );
      const { differencesTotal } = await verifyThis({ ...published, committed });
      assert.notEqual(differencesTotal, 0, JSON.stringify(change));
    }
    const beyond = [...published.committed].map(([partition, { metadata }]) => [partition, { offset: 100, metadata }]);
    const { differences } = await verifyThis({ ...published, committed: new Map(beyond as []) });
    assert.deepEqual(differences[0], { name: 'test/0 sum: ledger.hits', expected: '200', got: '128' });
  });

  it('notices every change of the rows', async () => {
    await fc.assert(
      fc.asyncProperty(streamArbitrary({ corrupt: true }), fc.nat(), async ({ lines }, place) => {
        fc.pre(lines.some(({ fate }) => fate.kind === 'hit'));
        const published = await publish([recordsOfLines(0, lines, 1)], { lateness: 100 });
        assert.deepEqual((await verifyThis(published)).differences, []);
        const hits = lines.filter(({ fate }) => fate.kind === 'hit');
        const hit = hits[place % hits.length];
        const other = { ...hit, text: hit.text.replace(/^([^,]*,[^,]*),[^,]*/, '$1,511') };
        const changed = lines.map((line) => (line === hit ? other : line));
        const { differencesTotal } = await verifyThis({ ...published, raw: [recordsOfLines(0, changed, 1)] });
        assert.ok(differencesTotal > 0);
      }),
      { numRuns: casesOf(40) },
    );
  });

  it('begins after a reset anew', async () => {
    await withLog(1, async (log) => {
      await append(log, [batchOf(0, ['2,0,1,1,1,1', '2,0,1,2,1,1'])]);
      await runSession(log, pool, { plan, batchRows: 1 });
      const member = await log.joinGroup({ ...topics, lanes: 1, reset: true });
      await member.close();
      await assert.rejects(verify(log), { code: 'not-comparable' });
      await append(log, [batchOf(0, ['2,0,1,3,1,1'])]);
      await runSession(log, pool, { plan });
      const { messages, messagesSkipped, rows, differences } = await verify(log);
      assert.ok(messagesSkipped > 0);
      assert.deepEqual([messages, rows, differences], [1, 3, []]);
    });
  });

  for (const [before, after] of [
    [2, 1],
    [1, 2],
    [3, 2],
  ]) {
    for (const reset of [true, false]) {
      const how = reset ? 'was reset' : 'went on';
      it(`finds a group equal that ${how} with ${after} lanes after ${before}, and misses no message`, async () => {
        await withLog(4, async (log) => {
          const first = [...plainHits(200), ...plainHits(100).map((batch) => ({ ...batch, partition: 3 }))];
          const raw = [...first, ...plainHits(200, 200)];
          await append(log, first);
          await runSession(log, pool, { plan, lanes: before });
          await append(log, plainHits(200, 200));
          await runSession(log, pool, { plan, lanes: after, reset, lateness: 20, batchRows: 30 });
          const { lanes, rows, differences } = await verify(log);
          assert.deepEqual([lanes, rows, differences], [after, reset ? 500 : 200, []]);
          const messages = await readMessages(log);
          const committed = await committedOf(log);
          assert.equal((await verifyThis({ raw, committed, messages }, 4)).differencesTotal, 0);
          const begin = messages.findIndex((message) => message.lanes === after && message.lanes !== before);
          for (const index of messages.keys()) {
            if (index < begin) continue;
            const changed = { raw, committed, messages: messages.toSpliced(index, 1) };
            assert.notEqual((await verifyThis(changed, 4)).differencesTotal, 0, `message ${index} is missing`);
          }
        });
      });
    }
  }

  it('compares what is left by retention from where nothing was taken over', async () => {
    const rounds = async (log: Transport, options: Partial<SessionOptions>): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        await append(log, plainHits(200, 100 * round));
        await runSession(log, pool, { plan, ...options, lateness: 20, batchRows: 50 });
      }
    };
    const small = { retentionBytes: 24_000 };
    await withLog(
      2,
      async (log) => {
        await rounds(log, {});
        const { rows, messagesSkipped, offsets, differences } = await verify(log);
        assert.ok(messagesSkipped > 0 && rows >= 200 && rows < 2400, `${rows} rows`);
        assert.deepEqual([offsets.get(0)?.[1], offsets.get(1)?.[1], differences], [1200, 1200, []]);
      },
      small,
    );
    await withLog(
      2,
      async (log) => {
        await rounds(log, live);
        const { rows, notComparable } = await verify(log);
        assert.equal(rows, 0);
        assert.match(notComparable ?? '', /retention has deleted too many rows/);
      },
      small,
    );
  });

  it('says why there is nothing to compare', async (context) => {
    const published = await publish(plainHits(60));
    await assert.rejects(verifyThis({ ...published, committed: new Map() }), {
      code: 'not-comparable',
      message: /group test must have published something of data_raw/,
    });
    await assert.rejects(verifyThis({ ...published, raw: plainHits(40) }), {
      code: 'not-comparable',
      message: /data_raw\/0 must hold what the group has read, up to offset 30, got end 20/,
    });
    await withLog(1, async (log) => {
      await assert.rejects(verifyGroup(log, { ...topics, topic: 'other', geometry: defaultGeometry, plan }), {
        code: 'not-comparable',
        message: /topic other must exist in embedded log .*, got data_clean, data_raw, data_rejected/,
      });
    });
    const { dir, remove } = temporaryDir();
    context.after(remove);
    const empty = await openEmbeddedLog({ dir });
    context.after(() => empty.close());
    await assert.rejects(verify(empty), { message: /topic data_raw must exist in embedded log .*, got no topic$/ });
  });
});

/** Muons through all layers of the chambers, with their trigger, one in each second orbit and now and then a pause. */
function muonLines(muons: number): string[] {
  return Array.from({ length: muons }, (_, muon) => {
    const orbit = 2 * muon + 640 * Math.floor(muon / 50);
    const hits = [0, 1, 2, 3].flatMap((chamber) =>
      [0, 1, 2, 3].map((layer) => {
        const channel = 64 * (chamber & 1) + 4 * (muon % 15) + layer;
        return `2,${chamber >> 1},${channel},${orbit},${102 + ((muon * 7 + layer * 3) % 14)},${(muon + layer) % 30}`;
      }),
    );
    return [`2,1,128,${orbit},104,3`, ...(muon % 11 === 0 ? [`2,1,128,${orbit},105,3`] : []), ...hits];
  }).flat();
}

/** A bin of each kind of physics, and how to count one more in it; where laws tie numbers together, both change. */
const wrongBins: readonly (readonly [string, (physics: Physics) => void])[] = [
  ['chambers.1.active_slots[5]', ({ chambers }) => chambers[1].active_slots[5]++],
  [
    'chambers.0.drift.counts[40]',
    ({ chambers }) => {
      const { counts } = chambers[0].drift;
      counts[counts.findIndex((count, bin) => count > 0 && bin !== 40)]--;
      counts[40]++;
    },
  ],
  [
    'slots.live',
    (physics) => {
      physics.live_s = ++physics.slots.live * plan.slotS;
      physics.trigger.rate_hz = physics.trigger.orbits / physics.live_s;
    },
  ],
  ['slots.lit', ({ slots }) => slots.lit++],
  ['trigger.multiple', ({ trigger }) => trigger.multiple++],
  ['trigger.border', ({ trigger }) => trigger.border++],
  ['chambers.2.single[0]', ({ chambers }) => chambers[2].single[0]++],
  ['chambers.3.gated.in_time', ({ chambers }) => chambers[3].gated.in_time++],
  ['chambers.0.segments.slope[3]', ({ chambers }) => (chambers[0].segments?.slope ?? [])[3]++],
  ['chambers.0.segments.residual[2].sum_um', ({ chambers }) => (chambers[0].segments?.residual ?? [])[2].sum_um++],
];

/** Numbers that a recount cannot know: times, versions, the run, and what was late. */
const passedOver = /^(batch|schema|run|late_hits|late_orbits)\b/;

interface Leaf {
  readonly holder: Record<string, number>;
  readonly key: string;
  readonly path: string;
}

/** Every number in a message, with the object or list that holds it. */
function leavesOf(value: object, path = ''): Leaf[] {
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) => {
    if (typeof inner === 'number') return [{ holder: value as Record<string, number>, key, path: `${path}${key}` }];
    return typeof inner === 'object' && inner !== null ? leavesOf(inner, `${path}${key}.`) : [];
  });
}
