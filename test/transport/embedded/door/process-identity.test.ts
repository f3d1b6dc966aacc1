import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { isProcessGone, ownIdentity } from '../../../../src/transport/embedded/door/process-identity.js';

describe('a process', () => {
  it('is there while it runs, and gone after it ended', async () => {
    assert.equal(isProcessGone(ownIdentity()), false);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const identity = { ...ownIdentity(), pid: child.pid ?? 0, started: '' };
    assert.equal(isProcessGone(identity), false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isProcessGone(identity), true);
  });

  it('is gone when its number belongs to a process that started at another time', (t) => {
    if (ownIdentity().started === '') {
      t.skip('needs /proc');
      return;
    }
    assert.equal(isProcessGone({ ...ownIdentity(), started: '1' }), true);
  });

  it('is gone when the machine was started again since', () => {
    assert.equal(isProcessGone({ ...ownIdentity(), boot: 'an earlier one' }), true);
  });

  it('is not known to be gone when it belongs to another machine or container', () => {
    const other = { ...ownIdentity(), pid: 999_999_999 };
    assert.equal(isProcessGone({ ...other, host: 'elsewhere', boot: 'its own' }), false);
    assert.equal(isProcessGone({ ...other, pidNamespace: 'pid:[1]' }), false);
  });
});
