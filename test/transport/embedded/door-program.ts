import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { withEnvironmentLock } from '../../../src/transport/embedded/door/env-door.js';
import {
  isProcessGone,
  ownIdentity,
  type ProcessIdentity,
} from '../../../src/transport/embedded/door/process-identity.js';

/*
 * Programs for env-door.test.ts. `pass DIR PASSES` goes through the door again and again, and says on stdout when
 * another one was inside, and a line for each pass; `stay DIR` says that it is inside and stays there.
 */

const [role, dir = '', passes = '0'] = process.argv.slice(2);
const marker = join(dir, 'inside');

/** Makes the marker, in one step; only that of someone who was killed may be there. */
function markInside(): void {
  for (;;) {
    try {
      symlinkSync(JSON.stringify(ownIdentity()), marker);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const other = JSON.parse(readlinkSync(marker)) as ProcessIdentity;
      if (!isProcessGone(other)) {
        console.log(`process ${other.pid} is inside as well`);
        return;
      }
      rmSync(marker);
    }
  }
}

if (role === 'pass') {
  for (let pass = 0; pass < Number(passes); pass++) {
    withEnvironmentLock(dir, () => {
      markInside();
      for (const startMs = performance.now(); performance.now() - startMs < pass % 4;);
      rmSync(marker);
    });
    process.stdout.write('passed\n');
    // Also those who come now and then are killed on their way in.
    if (pass % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
} else if (role === 'stay') {
  withEnvironmentLock(dir, () => {
    process.stdout.write('inside\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}
