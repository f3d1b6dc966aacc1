import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openEmbeddedLog } from '../../src/transport/embedded/embedded-log.js';
import type { Transport } from '../../src/transport/transport.js';
import { batchOf, readToEnd, recordsOf, valuesOf } from '../transport/records.js';
import { groupOptions, inputName, Program, topic, type Work } from '../transport/embedded/program-protocol.js';
import { temporaryDir } from '../transport/embedded/temporary-store.js';

describe('processes that share an embedded log', () => {
  let dir: string;
  let remove: () => void;
  let log: Transport;
  const programs: Program[] = [];

  beforeEach(async () => {
    ({ dir, remove } = temporaryDir());
    // Without a poll, so that only being woken makes a reader go on.
    log = await openEmbeddedLog({ dir, pollMs: 600_000 });
    await log.createTopics([{ topic, partitions: 2, replicationFactor: 1 }]);
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    await log.close();
    remove();
  });

  const start = (work: Work): Program => {
    const program = new Program(work, dir);
    programs.push(program);
    return program;
  };
  const readAll = async (name: string, partition = 0): Promise<string[]> => {
    const reader = await log.openReader(name, 'earliest', [partition]);
    const values = valuesOf(await readToEnd(reader));
    await reader.close();
    return values;
  };

  it('wake each other when they append', async () => {
    const program = start('appendOnDemand');
    await program.until((report) => report.taken !== undefined);
    const reader = await log.openReader(topic, 'latest');
    const waiting = reader.read({ bytesMax: 1000, waitMs: 30_000 });
    program.tell();
    assert.deepEqual(valuesOf(recordsOf(await waiting)), ['hello']);
  });

  it('lose no append that was acknowledged, and show none by half, when the writer is killed', async () => {
    for (let round = 0; round < 5; round++) {
      const program = start('append');
      const acknowledged = await program.until(({ appended = 0 }) => appended > 60 * (round + 1));
      await program.kill();
      const last = program.reports.at(-1) ?? acknowledged;
      const values = await readAll(topic, 0);
      assert.ok(values.length >= (last.appended ?? 0), `${values.length} records of at least ${last.appended}`);
      assert.equal(values.length % 3, 0);
      assert.deepEqual(
        values,
        values.map((_, i) => String(i)),
      );
      assert.deepEqual(await readAll(topic, 1), values);
      const writer = await log.openWriter(topic);
      assert.equal((await writer.resumePoint(inputName))?.state, String(values.length));
      await writer.close();
    }
  });

  // Fails in two runs of three when LaneLease.commit writes the offsets in a transaction of their own.
  it('publish every record exactly once while writer and owner are killed and replaced', async () => {
    let writer = start('append');
    let owner = start('consume');
    await owner.until(({ taken }) => taken !== undefined);
    for (let round = 0; round < 6; round++) {
      const standby = start('consume');
      const beforeKill = owner.reports.length;
      await owner.until(
        (report) => owner.reports.length > beforeKill + 5 * (round + 1) && report === owner.reports.at(-1),
      );
      await owner.kill();
      if (round % 2 === 0) {
        await writer.kill();
        writer = start('append');
      }
      const acknowledged = owner.reports.at(-1)?.committed ?? 0;
      const { taken } = await standby.until((report) => report.taken !== undefined);
      assert.ok(Number(taken) >= acknowledged, `begins at ${taken}, at least ${acknowledged}`);
      owner = standby;
    }
    await owner.kill();
    await writer.kill();

    const ranges = (await readAll('clean')).map((value) => JSON.parse(value) as [number, number]);
    let next = 0;
    for (const [from, to] of ranges) {
      assert.equal(from, next);
      next = to;
    }
    assert.deepEqual(await readAll('rejected'), await readAll('clean'));
    const [group] = await log.groups();
    assert.deepEqual(group.committed.get(0), { offset: next, metadata: JSON.stringify(ranges.at(-1)) });
  });

  // Fails when LaneLease.commit does not check the epoch. The owner is stopped between two commits: one that is stopped
  // inside a transaction keeps LMDB's lock, and everybody waits until it goes on or is killed.
  it('fence an owner that was stopped and wakes after a take-over', async () => {
    const program = start('commitOnDemand');
    await program.until(({ taken }) => taken !== undefined);
    program.tell();
    await program.until(({ committed }) => committed !== undefined);
    program.signal('SIGSTOP');
    program.tell();
    const member = await log.joinGroup(groupOptions);
    const lane = await member.nextLane(AbortSignal.timeout(30_000));
    assert.ok(lane);
    await lane.commit({ results: [batchOf(0, ['parent'])], rejected: [], offsets: new Map() });
    program.signal('SIGCONT');
    assert.equal((await program.until(({ failed }) => failed !== undefined)).failed, 'fenced');
    await program.until(({ lost }) => lost === true);
    await lane.commit({ results: [batchOf(0, ['parent again'])], rejected: [], offsets: new Map() });
    assert.deepEqual(await readAll('clean'), ['child', 'parent', 'parent again']);
  });

  it('refuse to reset a group of another process while that is alive', async () => {
    const program = start('commitOnDemand');
    await program.until(({ taken }) => taken !== undefined);
    await assert.rejects(log.joinGroup({ ...groupOptions, reset: true }), { code: 'transport' });
    await program.kill();
    const member = await log.joinGroup({ ...groupOptions, reset: true });
    assert.ok(await member.nextLane(AbortSignal.timeout(30_000)));
  });

  it('refuse to join with other lanes than a member that is alive has', async () => {
    const program = start('commitOnDemand');
    await program.until(({ taken }) => taken !== undefined);
    const member = await log.joinGroup({ ...groupOptions, lanes: 2 });
    await assert.rejects(member.nextLane(AbortSignal.timeout(30_000)), { code: 'usage' });
    await program.kill();
    const lane = await member.nextLane(AbortSignal.timeout(30_000));
    assert.deepEqual(lane?.partitions, [0]);
  });
});
