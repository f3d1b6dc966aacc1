import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { SummarySum } from '../../../src/domain/summary.js';
import { assertFails, messagesOf, type RunningCli, runCommand, startCli } from '../../helpers/program/cli.js';
import { type Metrics, metricsUrl, metricsWhen } from '../../helpers/assert/prometheus.js';
import { tempFolder } from '../../sources/temp-folder.js';

/** Starts a command that ends with the test. */
function start(context: TestContext, args: readonly string[]): RunningCli {
  const running = startCli(args);
  context.after(() => running.child.kill('SIGKILL'));
  return running;
}

const rows = 60_000;

describe('--metrics-port', { concurrency: 2 }, () => {
  it('agrees with the ledger of data_clean while process is at work, and with the lag', async (context) => {
    const store = join(tempFolder(context), 'store');
    const simulated = ['--sim', 'malformed-share=0.02', '--partitions', '3', '--rows-per-message', '100'];
    const produced = runCommand(['produce', '--store', store, '--rate', 'max', '--limit', String(rows), ...simulated]);
    assert.equal((await produced).code, 0);
    const process = start(context, ['process', '--store', store, '--batch-rows', '5000', '--metrics-port', '0']);
    // What is still carried may be published at any moment: the same count before and after makes it one moment.
    const wanted = (now: Metrics): boolean => now.value('dtstream_rows_read_total') === rows;
    let metrics = await metricsWhen(process, wanted);
    let messages: BatchMessage[];
    for (;;) {
      messages = messagesOf(await runCommand(['watch', '--store', store, '--json', '--until-end']));
      if (messages.length === metrics.value('dtstream_messages_total')) break;
      metrics = await metricsWhen(process, wanted);
    }
    const sum = new SummarySum();
    for (const message of messages) sum.add(message);
    const { ledger, hit_count_chamber, late_hits, late_orbits, orbits, batches } = sum.summary;
    assert.equal(ledger.rows_read, rows);
    hit_count_chamber.forEach((count, chamber) => {
      assert.equal(metrics.value('dtstream_hits_total', { chamber: String(chamber) }), count);
    });
    for (const reason of ['head', 'channel'] as const) {
      assert.equal(metrics.value('dtstream_dropped_rows_total', { reason }), ledger.dropped[reason]);
    }
    for (const reason of ['fields', 'number', 'range'] as const) {
      assert.ok(ledger.rejected[reason] > 0, reason);
      assert.equal(metrics.value('dtstream_rejected_rows_total', { reason }), ledger.rejected[reason]);
    }
    assert.deepEqual(
      ['scintillator_total', 'late_hits_total', 'late_orbits_total', 'orbits_total', 'messages_total'].map((name) =>
        metrics.value(`dtstream_${name}`),
      ),
      [ledger.scintillator, late_hits, late_orbits, orbits, batches],
    );
    assert.equal(metrics.value('dtstream_batch_duration_seconds'), messages.length);
    const commits = metrics.value('dtstream_commits_total');
    assert.ok(commits > 1 && commits <= messages.length);
    assert.equal(metrics.value('dtstream_commit_duration_seconds'), commits);
    assert.deepEqual(
      metrics.series('dtstream_lag_messages'),
      ['0', '1', '2'].map((partition) => [{ topic: 'data_raw', partition }, 0]),
    );
    assert.equal(metrics.value('dtstream_carried_rows'), messages.at(-1)?.ledger.carried_out);
    assert.ok(metrics.value('dtstream_pool_threads') >= 1);
    assert.ok(metrics.value('dtstream_pool_busy_seconds_total') > 0);
    assert.ok(metrics.value('process_resident_memory_bytes') > 10e6);
    process.child.kill('SIGTERM');
    assert.equal((await process.result()).code, 0);
  });

  it('counts on from where a group was, and lags by what has come since', async (context) => {
    const store = join(tempFolder(context), 'store');
    const produce = (limit: number): Promise<unknown> =>
      runCommand([
        'produce',
        '--store',
        store,
        '--rate',
        'max',
        '--partitions',
        '1',
        '--limit',
        String(limit),
        '--resume',
      ]);
    await produce(2000);
    await runCommand(['process', '--store', store, '--until-end', '--quiet']);
    const process = start(context, ['process', '--store', store, '--metrics-port', '0', '--batch-interval', '1h']);
    const taken = await metricsWhen(process, (now) => now.series('dtstream_lag_messages').length === 1);
    assert.deepEqual([taken.value('dtstream_rows_read_total'), taken.value('dtstream_lag_messages')], [0, 0]);
    await produce(3000);
    // Nothing is published before the batch closes: so long these rows are not done.
    const behind = await metricsWhen(process, (now) => now.value('dtstream_lag_messages') > 0);
    assert.deepEqual([behind.value('dtstream_lag_messages'), behind.value('dtstream_rows_read_total')], [1000, 0]);
    assert.equal(behind.value('dtstream_lanes_owned'), 1);
  });

  it('tells of produce how many rows the log has taken', async (context) => {
    const store = join(tempFolder(context), 'store');
    const produce = start(context, ['produce', '--store', store, '--rate', '500', '--metrics-port', '0']);
    const metrics = await metricsWhen(produce, (now) => now.value('dtstream_rows_written_total') >= 300);
    assert.equal(metrics.value('dtstream_rate_asked'), 500);
    assert.equal(metrics.value('dtstream_append_duration_seconds'), metrics.value('dtstream_appends_total'));
    assert.ok(metrics.value('dtstream_behind_seconds') >= 0);
    produce.child.kill('SIGTERM');
    const { stderr } = await produce.result();
    const written = Number(/stopped after ([\d,]+) rows/.exec(stderr)?.[1]?.replace(',', ''));
    assert.ok(written >= metrics.value('dtstream_rows_written_total'), stderr);
  });

  it('serves a process that reads files, and nothing but /metrics', async (context) => {
    const process = start(context, ['process', '-', '--threads', '1', '--metrics-port', '0', '--summary']);
    const url = await metricsUrl(process);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const simulated = await runCommand(['simulate', '--rows', '200k']);
    process.child.stdin.write(simulated.stdout);
    const metrics = await metricsWhen(process, (now) => now.value('dtstream_rows_read_total') > 0);
    assert.ok(metrics.value('dtstream_hits_total', { chamber: '3' }) > 0);
    assert.equal((await fetch(new URL('/', url))).status, 404);
    assert.equal((await fetch(url, { method: 'POST' })).status, 405);
    process.child.stdin.end();
    assert.equal((await process.result()).code, 0);
  });

  it('says in one line that the port is in use, or that the address is not ours', async (context) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const folder = tempFolder(context);
    for (const args of [
      ['process', '--store', join(folder, 'a')],
      ['produce', '--store', join(folder, 'b')],
      ['process', '-'],
    ]) {
      const result = await runCommand([...args, '--metrics-port', String(port)]);
      const rule = `cannot serve metrics on 127\\.0\\.0\\.1:${port}: the port is in use; choose another one`;
      assertFails(result, 1, new RegExp(rule));
    }
    const host = await runCommand(['process', '-', '--metrics-port', '0', '--metrics-host', '192.0.2.1']);
    assertFails(host, 1, /cannot serve metrics on 192\.0\.2\.1:0: this machine does not have that address/);
    assertFails(
      await runCommand(['process', '-', '--metrics-port', '65536']),
      2,
      /must be a whole number from 0 to 65535/,
    );
  });
});
