import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { kafkaLine } from '../line.js';
import { endOf, stderrSays } from '../pipeline.js';

/** How long what fails is tried again, ms: `outageMs` of the log. */
const retriedMs = 60_000;

describe('outages of Kafka', { skip: skipKafka }, () => {
  const { pipeline, broker } = kafkaLine(120_000, 2 * retriedMs);

  it('survives a broker that dies and comes back while rows are written and read', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '20k');
    const member = run.process();
    await run.published();
    const said = stderrSays(produce, /Kafka \S+ has accepted no rows for \d\.\d s; is it down\?/);
    await broker().kill();
    await said;
    await broker().start();
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.stop(member);
    await run.assertExact();
  });

  it('waits for brokers that are away for 20 s at the start, says so, and goes on', async () => {
    const run = pipeline();
    await broker().stop();
    const member = run.process();
    const produce = run.produce('--rate', 'max');
    const refused = /cannot reach Kafka at .*connection refused\); trying again for \d+ s/;
    await Promise.all([stderrSays(member, refused), stderrSays(produce, refused), sleep(20_000)]);
    await broker().start();
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.published();
    await run.stop(member);
    await run.assertExact();
  });

  it('ends in seconds when it is told to while a broker says nothing, and loses nothing', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '5k', '--resume');
    const member = run.process();
    await run.published();
    broker().hold();
    await stderrSays(produce, /has accepted no rows for \d\.\d s/);
    const fromMs = performance.now();
    member.child.kill('SIGTERM');
    produce.child.kill('SIGTERM');
    const ended = await member.result();
    assert.deepEqual([ended.code, ended.signal], [0, null]);
    assert.match(ended.stderr, /stopped: the open batch was dropped and is read again at the next start: /);
    assert.ok(performance.now() - fromMs < 15_000, `process took ${performance.now() - fromMs} ms`);
    const { code, stderr } = await produce.result();
    assert.ok(performance.now() - fromMs < 30_000, `produce took ${performance.now() - fromMs} ms`);
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /stopping once Kafka \S+ has accepted the rows already read, at most 20 s; a second signal quits immediately/,
    );
    assert.match(
      stderr,
      /cannot (append to|store how far the input of) \S+.*: broker 1 \(\S+\) is unreachable \(no answer in time\)/,
    );
    broker().goOn();
    assert.deepEqual(await endOf(run.process('--until-end')), { code: 0, signal: null });
    const verified = await run.start('verify', '--topic', run.topic, '--group', run.group, '--quiet').result();
    assert.match(verified.stdout, /^equal over /, verified.stderr);
  });

  it('goes on alone after a pause that is longer than a session', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '10k');
    const member = run.process();
    await run.published();
    member.child.kill('SIGSTOP');
    await run.forgotten();
    member.child.kill('SIGCONT');
    await stderrSays(
      member,
      /lost lane 0 of group .* \(missed heartbeats: stopped, or brokers unreachable\); standing by/,
    );
    await run.published();
    assert.deepEqual(await endOf(produce), { code: 0, signal: null });
    await run.stop(member);
    await run.assertExact();
  });

  it('goes on after a pause that is longer than anything is tried again', async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '10k');
    const member = run.process();
    await run.published();
    // Held, so that both have requests under way which time out in the pause.
    broker().hold();
    await stderrSays(produce, /has accepted no rows for \d\.\d s/);
    for (const { child } of [member, produce]) child.kill('SIGSTOP');
    broker().goOn();
    await sleep(retriedMs + 5000);
    for (const { child } of [member, produce]) child.kill('SIGCONT');
    const written = await produce.result();
    assert.equal(written.code, 0, written.stderr);
    await run.stop(member);
    await run.assertExact();
    // The pause itself is no time in which Kafka took nothing.
    const stall = /^dtstream: Kafka \S+ has accepted no rows for [1-9]\.\d s; is it down\?$/;
    // What was due while the broker was held is made up for.
    assertLines(written.stderr, [
      stall,
      stall,
      /^dtstream: cannot keep up: \d\.\d s behind, /,
      // On a busy machine the request of before the pause times out after it.
      /^dtstream: broker 1 \(\S+\) is unreachable \(no answer in time\): waiting for up to 5\d s$/,
      /^dtstream: broker 1 \(\S+\) is back after \d\.\d s$/,
    ]);
    assertLines((await member.result()).stderr, [
      /^dtstream: waiting for topic /,
      /^dtstream: broker 1 \(\S+\) is unreachable \(no answer in time\): waiting for up to 5\d s$/,
      /^dtstream: lost lane 0 of group .* \(missed heartbeats: stopped, or brokers unreachable\); standing by$/,
      /^dtstream: broker 1 \(\S+\) is back after \d\.\d s$/,
      /^dtstream: resuming group \S+ after message \d+: /,
      /^dtstream: stopped: [\d,]+ rows in /,
      /^dtstream: [\d,]+ hits and trigger rows are in open orbits; /,
    ]);
  });
});

/** Asserts that nothing else was said than lines like these; progress does not count. */
function assertLines(stderr: string, patterns: readonly RegExp[]): void {
  const lines = stderr.split('\n').filter((line) => line !== '' && !/ rows, .*rows\/s/.test(line));
  assert.ok(lines.length <= patterns.length, stderr);
  assert.deepEqual(lines.filter((line) => !patterns.some((pattern) => pattern.test(line))), []); // prettier-ignore
}
