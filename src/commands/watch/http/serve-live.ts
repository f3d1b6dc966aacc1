import type { DetectorSources } from '../../../tui/dashboard-time.js';
import type { PhysicsPlan } from '../../../domain/physics-plan.js';
import type { About } from '../../../tui/text/head-lines.js';
import type { Console } from '../../console/console.js';
import { screenReport } from '../../report/screen-report.js';
import { snapshotJson } from '../save-snapshot.js';
import type { HttpAddress } from './http-address.js';
import { type LiveServer, openLiveServer } from './live-server.js';
import { LiveViews } from './live-views.js';

export interface LiveOptions {
  readonly address: HttpAddress;
  readonly about: About;
  /** Of the reader's geometry. */
  readonly plan: PhysicsPlan;
}

/** Serves what is watched as a live page. @throws DtstreamError `config` when the address cannot be used */
export async function serveLive(
  console: Console,
  sources: DetectorSources,
  { address, about, plan }: LiveOptions,
): Promise<LiveServer> {
  const views = new LiveViews(sources);
  const { state } = sources;
  return openLiveServer({
    address,
    source: about.source,
    view: (window) => views.view(window, Date.now()),
    state: () => ({ newestMs: state.newest?.closedMs }),
    json: (detector) => snapshotJson(detector, plan),
    report: (detector) =>
      screenReport(
        { detector, state },
        { about, geometryHash: plan.geometry, reference: sources.reference?.(), command: console.commandLine },
      ),
  });
}
