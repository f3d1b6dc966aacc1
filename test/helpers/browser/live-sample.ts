import type { TestContext } from 'node:test';
import {
  type LiveServer,
  type LiveServerOptions,
  openLiveServer,
} from '../../../src/commands/watch/http/live-server.js';
import type { DetectorView } from '../../../src/views/detector/detector-view.js';

/** A live page over a detector, on a free port of this machine; it is closed when the test ends. */
export async function liveSample(
  context: Pick<TestContext, 'after'>,
  detector: DetectorView,
  changes: Partial<LiveServerOptions> = {},
): Promise<LiveServer> {
  const server = await openLiveServer({
    address: { host: '127.0.0.1', port: 0 },
    source: 'data_clean of <embedded log>',
    view: () => detector,
    state: () => ({ newestMs: detector.nowMs - 400 }),
    json: (of) => JSON.stringify({ hits: of.window.sums.totals.hits }),
    report: () => ({ name: 'shift-20261129-145100.html', page: '<!doctype html>' }),
    ...changes,
  });
  context.after(() => server.close());
  return server;
}
