import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { inTemporaryFolder } from '../../../benchmarks/common/temporary-folder.js';
import { measureWatch } from '../../../benchmarks/watch/pty-meter.js';
import { withoutPty } from '../../helpers/terminal/pty.js';

const skip = process.platform === 'linux' ? withoutPty : 'it reads /proc of Linux';
const size = { columns: 100, rows: 30 };

it(
  'a dashboard in a terminal is timed from its start, by key and over a span, and its screen is read',
  { skip },
  async () => {
    await inTemporaryFolder(async (folder) => {
      const flags = ['--store', join(folder, 'none')];
      const measured = await measureWatch(flags, size, [
        { until: 'frame', within: 30 },
        { type: '6', within: 0.5 },
        { span: 1.5 },
        { memory: true },
        { until: 'data', within: 0.1 },
      ]);
      const { seenMs, keys, spans, memories, screen } = measured;
      assert.ok((seenMs.frame ?? 0) > 20, `a frame after ${seenMs.frame} ms`);
      assert.equal(seenMs.data, undefined);
      const [key] = keys;
      assert.ok(key.ms !== null && key.ms > 0 && key.ms < 500 && key.bytes > 100, JSON.stringify(key));
      const [span] = spans;
      assert.ok(span.seconds >= 1.5 && span.seconds < 3 && span.cpuSeconds >= 0, JSON.stringify(span));
      const [{ rss, peak, anonymous, file }] = memories;
      assert.ok(rss > 30e6 && peak >= rss && anonymous + file <= rss + 5e6, JSON.stringify(memories));
      assert.equal(screen.length, size.rows);
      assert.match(screen[0], /WAITING/);
      assert.match(screen.join('\n'), /overview/);
    });
  },
);

it('a program that does not run until it is quit is an error with its screen', { skip }, async () => {
  await assert.rejects(measureWatch(['--store'], size, [{ wait: 10 }]), /must run until q.*argument missing/s);
});
