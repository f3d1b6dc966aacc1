import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { runCli } from '../../helpers/program/cli.js';

/** When channel 1:37 dies, in live seconds of the detector; the run has some 70 of them. */
export const deadFromS = 10;

/** What is there once the suite has begun. */
export interface DeadChannel {
  /** Rows of a run in which channel 1:37 dies. */
  readonly rows: string;
  /** Its messages as lines, each of about half a second of the detector. */
  readonly messages: () => readonly string[];
  /** A reference made of a run of the same detector without the fault. */
  readonly reference: string;
}

/** Makes a run in which a channel dies before the tests of a suite, and takes it away after them. */
export function deadChannel(): DeadChannel {
  const cwd = mkdtempSync(join(tmpdir(), 'dtstream-dead-channel-'));
  const reference = join(cwd, 'good.json');
  let messages: readonly string[] = [];
  const run = async (args: readonly string[], stdin = ''): Promise<string> => {
    const { code, stdout, stderr } = await runCli([...args, '--quiet'], { cwd, stdin });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const processed = (name: string): Promise<string> =>
    run(['process', name, '--batch-rows', '2500', '--orbit-detail', 'none']);
  before(async () => {
    const detector = ['simulate', '--rows', '400k', '--seed', '5'];
    await run([...detector, '--out', 'good.dat']);
    await run([...detector, '--out', 'bad.dat', '--fault', `dead:1:37@${deadFromS}`]);
    await run(['reference', '-', '--out', reference], await processed('good.dat'));
    messages = (await processed('bad.dat')).trimEnd().split('\n');
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));
  return { rows: join(cwd, 'bad.dat'), messages: () => messages, reference };
}
