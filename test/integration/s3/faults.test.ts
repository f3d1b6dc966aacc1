import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Summary } from '../../../src/domain/batch-message.js';
import { SummarySum } from '../../../src/domain/summary.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import { assertFails, messagesOf, type RunningCli, runCli, startCli, summaryOf } from '../../helpers/program/cli.js';
import { openCuttingProxy } from '../../helpers/servers/cutting-proxy.js';
import { S3Filler, type S3Server, s3Env, skipS3, startS3, testUsers } from '../../helpers/servers/s3-server.js';
import { readAll } from '../../sources/read-all.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { openProduced } from '../../commands/produce/produced.js';
import { invariant, run } from '../common/line.js';

const mebibyte = 1 << 20;
const env = s3Env(testUsers.reader);

describe('S3 when things go wrong', { skip: skipS3 }, () => {
  let server: S3Server;
  let filler: S3Filler;
  /** 16 MiB of words: eight parts. */
  let words: Buffer;
  before(async () => {
    server = await startS3();
    filler = new S3Filler(server);
    await filler.bucket('runs');
    words = await readAll(openSimulator({ rows: 2 * mebibyte, format: 'words', seed: 7 }));
  });
  after(async () => {
    filler.close();
    await server.close();
  });

  const direct = (input: string, endpoint: string, ...flags: readonly string[]): string[] => {
    return ['process', input, '--quiet', '--threads', '1', '--s3-endpoint', endpoint, ...flags];
  };
  const summaryOfFile = async (path: string): Promise<Summary> => {
    return summaryOf(await runCli(['process', path, '--summary', '--quiet', '--threads', '1']));
  };

  it('reads on from the byte at which a connection broke, and only the version that it began', async (t) => {
    const file = join(tempFolder(t, { 'run.dat': words }), 'run.dat');
    await filler.put('runs', 'broken/run.dat', words);
    const cutAfterBytes = 1_300_000;
    const proxy = await openCuttingProxy(server.port, { cutAfterBytes });
    t.after(() => proxy.close());
    const result = await runCli(direct('s3://runs/broken/run.dat', proxy.endpoint, '--summary'), { env });
    assert.deepEqual([result.code, result.stderr], [0, '']);
    assert.deepEqual(summaryOf(result), await summaryOfFile(file));

    const gets = proxy.requests.filter((head) => head.startsWith('GET /runs/broken/run.dat'));
    const starts = gets.map((head) => Number(/^range: bytes=(\d+)-/im.exec(head)?.[1]));
    assert.ok(starts.filter((start) => start % (2 * mebibyte) !== 0).length >= 8);
    assert.ok(gets.slice(1).every((head) => /^if-match: "[0-9a-f-]+"\r$/im.test(head)));
  });

  it('goes on when the server was killed in the middle of an object and is back', async (t) => {
    const count = 3;
    const folder = tempFolder(t);
    const file = join(folder, 'run.dat');
    writeFileSync(file, Buffer.concat(Array<Buffer>(count).fill(words)));
    await filler.putRepeated('runs', 'killed/run.dat', { bytes: words, count });
    const args = direct('s3://runs/killed/run.dat', server.endpoint, '--batch-rows', '20000');
    const running = startCli([...args, '--orbit-detail', 'full'], { env });
    running.child.stdin.end();
    // Whoever does not take the messages holds up the reading, which is far from its end then.
    await running.nextLine();
    running.child.stdout.pause();
    await server.kill();
    const warned = said(running, /^dtstream: (s3:.*)$/m);
    running.child.stdout.resume();
    assert.match(await warned, /^s3:\/\/runs\/killed\/run\.dat: no connection to .*; trying again for 60 s$/);
    await server.start();
    const result = await running.result();
    assert.equal(result.code, 0, result.stderr);
    const sum = new SummarySum(4);
    for (const message of messagesOf(result)) sum.add(message);
    assert.deepEqual(invariant(sum.summary), invariant(await summaryOfFile(file)));
  });

  it('produces every row once when the server is killed meanwhile, also when that run is resumed', async (t) => {
    const folder = tempFolder(t);
    // More than is read ahead.
    await filler.putRepeated('runs', 'produced/run.dat', { bytes: words, count: 2 });
    const produced = await openProduced(t, folder);
    const flags = ['--s3-endpoint', server.endpoint, '--rows-per-message', '4096', '--encoding', 'words', '--quiet'];
    const produce = (...own: readonly string[]): RunningCli => {
      const running = startCli(['produce', 's3://runs/produced/', '--resume', ...own, ...flags], { cwd: folder, env });
      running.child.stdin.end();
      return running;
    };
    const running = produce('--rate', '1M', '--limit', '3M');
    await produced.moreThan(0);
    await server.kill();
    await server.start();
    const first = await running.result();
    assert.equal(first.code, 0, first.stderr);
    const rest = await produce('--rate', 'max').result();
    assert.deepEqual([rest.code, rest.stderr], [0, '']);
    await run(folder, 'process', '--until-end', '--quiet', '--threads', '1');
    assert.match((await run(folder, 'verify', '--quiet')).stdout, /^equal over 4,194,304 rows/);
  });

  it('refuses an object that is replaced while it is read, and keeps what came before', async (t) => {
    await filler.putRepeated('runs', 'replaced.dat', { bytes: words, count: 4 });
    const args = direct('s3://runs/replaced.dat', server.endpoint, '--batch-rows', '20000', '--orbit-detail', 'full');
    const running = startCli(args, { env });
    t.after(() => running.child.kill('SIGKILL'));
    running.child.stdin.end();
    await running.nextLine();
    running.child.stdout.pause();
    await filler.putRepeated('runs', 'replaced.dat', { bytes: words.subarray().reverse(), count: 4 });
    running.child.stdout.resume();
    const result = await running.result();
    assertFails(
      result,
      1,
      /cannot read s3:\/\/runs\/replaced\.dat: at offset \d+: the object was replaced while it was/,
    );
    assert.ok(messagesOf(result).length > 1);
  });
});

/** Resolves with the group of a pattern once the process has said something that matches on stderr. */
async function said({ child }: RunningCli, pattern: RegExp): Promise<string> {
  let text = '';
  const signal = AbortSignal.timeout(50_000);
  for (;;) {
    const [data] = (await once(child.stderr, 'data', { signal })) as [string];
    text += data;
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
}
