import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { runCli, startCli, summaryOf } from '../../helpers/program/cli.js';
import { watchPeakBytes } from '../../helpers/program/peak-memory.js';
import { S3Filler, type S3Server, s3Env, skipS3, startS3, testUsers } from '../../helpers/servers/s3-server.js';
import { readAll } from '../../sources/read-all.js';
import { tempFolder } from '../../sources/temp-folder.js';

/** One part of 16 MiB, as often as makes 1 GiB. */
const partRows = 1 << 21;
const count = 64;
/** What a run on files takes, the SDK, 8 MiB of parts, and what the collector leaves lying while bytes come quickly. */
const peakMiBMax = 400;

describe('a large object in S3', { skip: skipS3 }, () => {
  let server: S3Server;
  let part: Buffer;
  before(async () => {
    server = await startS3();
    const filler = new S3Filler(server);
    part = await readAll(openSimulator({ rows: partRows, format: 'words', seed: 7 }));
    await filler.bucket('runs');
    await filler.putRepeated('runs', 'large.dat', { bytes: part, count });
    filler.close();
  });
  after(() => server.close());

  const direct = (input: string): string[] => ['process', input, '--summary', '--quiet', '--threads', '2'];

  it('streams an object of 1 GiB in memory that does not grow with it', async (t) => {
    const folder = tempFolder(t, { 'part.dat': part });
    const running = startCli([...direct('s3://runs/large.dat'), '--s3-endpoint', server.endpoint], {
      env: s3Env(testUsers.reader),
      timeoutMs: 150_000,
    });
    running.child.stdin.end();
    const peakBytes = watchPeakBytes(running.child.pid ?? 0);
    const result = await running.result();
    assert.deepEqual([result.code, result.stderr], [0, '']);
    const expected = summaryOf(await runCli(direct(join(folder, 'part.dat'))));
    const whole = summaryOf(result);
    const times = (counts: readonly number[]): number[] => counts.map((one) => one * count);
    assert.equal(whole.ledger.rows_read, (count * part.length) / 8);
    assert.deepEqual(whole.hit_count_chamber, times(expected.hit_count_chamber));
    for (const [chamber, { bin_edges, hist_counts }] of Object.entries(expected.tdc_counts_chamber)) {
      assert.deepEqual(whole.tdc_counts_chamber[chamber], { bin_edges, hist_counts: times(hist_counts) });
    }
    const peak = peakBytes() / 2 ** 20;
    t.diagnostic(`peak memory ${peak.toFixed(0)} MiB`);
    assert.ok(peak < peakMiBMax, `peak memory ${peak} MiB`);
    assert.ok(peak > 0 || process.platform !== 'linux');
  });
});
