import { physicsOf } from '../../domain/physics-of.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { ReferenceSum } from '../../quality/reference-of.js';
import { writeReference } from '../../quality/uhi.js';
import type { MessageSums } from '../../results/message-sums.js';
import type { ShownScreen } from '../../tui/dashboard.js';
import { pagesText } from '../../tui/text/pages-text.js';
import type { DetectorView } from '../../views/detector/detector-view.js';
import { writeNew } from '../console/write-new.js';
import { programVersion } from '../program-version.js';

/** Columns of the text. */
const textWidth = 120;

export interface SnapshotPlace {
  /** Folder of the files; made with the first of them. */
  readonly outDir: string;
  /** Of the geometry that physics of the messages is of. */
  readonly plan: PhysicsPlan;
}

/**
 * Writes what is shown as `watch-YYYYMMDD-HHMMSS.json`, which is a reference as well, and all pages as `.txt`; never over
 * another file.
 *
 * @returns the names, for the user
 * @throws DtstreamError `input` where nothing can be written
 */
export async function saveSnapshot(shown: ShownScreen, { outDir, plan }: SnapshotPlace): Promise<string> {
  const time = new Date(shown.nowMs).toISOString().replace(/[-:]|\..*/g, '').replace('T', '-'); // prettier-ignore
  const json = snapshotJson(shown.detector, plan);
  const text = pagesText(shown, { width: textWidth, style: { color: 'none', ascii: shown.style.ascii } });
  const path = await writeNew(
    outDir,
    `watch-${time}`,
    new Map([
      ['.json', json],
      ['.txt', text],
    ]),
  );
  return `saved ${path}.json and .txt`;
}

/** The window as UHI histograms, where its messages have physics, and beside them what is shown of it. */
export function snapshotJson(detector: DetectorView, plan: PhysicsPlan): string {
  const { window, chambers, alarms, marks } = detector;
  const { sums } = window;
  const { totals } = sums;
  const histograms = histogramsOf(sums, plan);
  const about = {
    version: programVersion(),
    taken: new Date(detector.nowMs).toISOString(),
    window: { kind: window.kind, title: window.title, from: isoOf(sums.fromMs), to: isoOf(sums.toMs) },
    ...{
      messages: sums.messages,
      orbit_first: sums.orbitFirst,
      orbit_last: sums.orbitLast,
      live_s: sums.liveS ?? null,
    },
    ...{ hits: totals.hits, orbits: totals.orbits, late_hits: totals.lateHits, ledger: totals.ledger },
    chambers: chambers.map(({ chamber, hits, hitsSinceStart, verdict, occupancy, active }) => ({
      ...{ chamber, hits, hits_since_start: hitsSinceStart, verdict: verdict.word },
      ...{ channel_hits: [...occupancy.hits], signs: occupancy.signs.join(''), active_channels: [...active.orbits] },
    })),
    alarms: alarms.map(({ sinceMs, endedMs, objectText, ...alarm }) => ({
      ...{ ...alarm, object: objectText, since: isoOf(sinceMs), ended: isoOf(endedMs) },
    })),
    marks: marks.map(({ atMs, ...mark }) => ({ ...mark, at: isoOf(atMs) })),
  };
  return `${JSON.stringify({ ...histograms, watch: about })}\n`;
}

/** Histograms of a reference; none where the physics is missing or of another geometry. */
function histogramsOf(sums: MessageSums, plan: PhysicsPlan): object {
  const { totals, lanes } = sums;
  const physics = physicsOf(sums);
  if (physics?.geometry !== plan.geometry) return {};
  const reference = new ReferenceSum('snapshot');
  const [opened, closed] = [isoOf(sums.fromMs) ?? '', isoOf(sums.toMs) ?? ''];
  reference.add({
    batch: { opened, closed, duration_ms: 0, orbit_first: sums.orbitFirst, orbit_last: sums.orbitLast },
    ...{ lanes, ledger: totals.ledger, physics },
    active_channels_chamber: Object.fromEntries(
      totals.chambers.map(({ activeOrbits }, chamber) => [String(chamber), [...activeOrbits]]),
    ),
  });
  const sum = reference.reference;
  return sum === undefined ? {} : (JSON.parse(writeReference(sum, plan, programVersion())) as object);
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
