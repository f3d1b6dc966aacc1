import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StoreEnv } from '../../../src/transport/embedded/store/store-env.js';
import { openProduced } from '../../commands/produce/produced.js';
import { cliCommand, runCli, startCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { countIn } from '../../transport/embedded/env-program.js';

const unshare = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;
const [command, ...before] = unshare;
const canUnshare = process.platform === 'linux' && spawnSync(command, [...before, 'true']).status === 0;
const skip = canUnshare ? false : 'this user may not make PID namespaces (unshare --pid)';
/** The program as process 1 of a namespace of its own, as in a container. */
const alone = { command: [...unshare, ...cliCommand] as [string, ...string[]] };

describe('processes of several PID namespaces on one store', { skip }, () => {
  test('work together although each has the process id 1', async (t) => {
    const folder = tempFolder(t);
    const produced = await openProduced(t, folder);
    const at = { ...alone, cwd: folder };
    const produce = startCli(['produce', '--rate', '2000', '--limit', '12000', '--quiet'], at);
    t.after(() => produce.child.kill('SIGKILL'));
    await produced.moreThan(0);
    const meanwhile = await Promise.all([
      runCli(['process', '--until-end', '--quiet'], at),
      runCli(['topics'], at),
      runCli(['doctor'], at),
    ]);
    assert.deepEqual(meanwhile.map(({ code, stderr }) => ({ code, stderr })), Array(3).fill({ code: 0, stderr: '' })); // prettier-ignore
    produce.child.stdin.end();
    const { code, stderr } = await produce.result();
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const rest = await runCli(['process', '--until-end', '--quiet'], at);
    assert.equal(rest.code, 0, rest.stderr);
    // Orbits that were open at the first end are late at the second one.
    const verified = await runCli(['verify'], at);
    assert.equal(verified.code, 0, verified.stdout);
    assert.match(verified.stdout, /^equal .*12,000 rows/);
  });

  test('are not kept out by one that was killed, and pass SIGTERM on to the one that works', async (t) => {
    const folder = tempFolder(t);
    const produced = await openProduced(t, folder);
    const args = ['produce', '--rate', '2000', '--quiet'];
    const killed = startCli(args, { ...alone, cwd: folder });
    const before = await produced.moreThan(0);
    killed.child.kill('SIGKILL');
    await killed.result();
    const next = startCli(args, { ...alone, cwd: folder });
    t.after(() => next.child.kill('SIGKILL'));
    await produced.moreThan(before + 4000);
    const { pid } = next.child;
    assert.ok(pid !== undefined);
    const first = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
    process.kill(first, 'SIGTERM');
    const { code, stderr } = await next.result();
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  });

  test('are never in one environment under one process id, and the second one says why', async (t) => {
    const dir = join(tempFolder(t), 'env');
    StoreEnv.create(dir).release();
    const program = fileURLToPath(new URL('../../transport/embedded/env-program.js', import.meta.url));
    const write = { command: [...unshare, process.execPath, program, 'write'] as [string, ...string[]] };
    const first = startCli([dir, '1000000'], write);
    t.after(() => first.child.kill('SIGKILL'));
    const env = StoreEnv.open(dir, { writable: false });
    t.after(() => env.release());
    while (countIn(env) === 0) await sleep(20);
    const { code, stderr } = await runCli([dir, '1'], write);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /processes that use it must have different process ids, but one in another container also has 1; start the/,
    );
  });
});
