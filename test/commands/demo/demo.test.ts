import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunningCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { assertNothingLeft, processesOf, startDemo } from './running-demo.js';

describe('dtstream demo', { skip: process.platform === 'win32' && 'ps is not there' }, () => {
  it('stops everything on SIGTERM, and when nobody reads its snapshots any more', async (t) => {
    for (const stop of [
      ({ child }: RunningCli) => child.kill('SIGTERM'),
      ({ child }: RunningCli) => child.stdout.destroy(),
    ]) {
      const folder = tempFolder(t);
      const running = startDemo(folder);
      assert.match((await running.nextLine()) ?? '', /^20\S+ \S+ to \S+ UTC {2}run 0 /);
      assert.equal(processesOf(folder).length, 2);
      stop(running);
      const { code, signal, stderr } = await running.result();
      assert.deepEqual([code, signal, stderr], [0, null, '']);
      assertNothingLeft(folder);
    }
  });
});
