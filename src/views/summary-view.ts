import type { Summary } from '../domain/batch-message.js';
import type { Geometry } from '../domain/geometry.js';
import { channelWindows } from '../results/channel-window.js';
import { addToTotals, emptyTotals, type Totals } from '../results/totals.js';
import { type ChannelsView, channelsView } from './channels-view.js';
import { type PhysicsView, physicsView } from './physics-view.js';

/** What is shown of a summary. */
export interface SummaryView extends Pick<Summary, 'about' | 'batches' | 'runs'> {
  readonly totals: Totals;
  readonly channels: ChannelsView;
  /** Undefined where it was not counted (`--physics off`), null where lanes may have split orbits. */
  readonly physics: PhysicsView | null | undefined;
}

/** @param geometry of its messages */
export function summaryView(
  summary: Summary,
  geometry: Pick<Geometry, 'clock' | 'chambers' | 'triggers'>,
): SummaryView {
  const { about, batches, runs, physics } = summary;
  const totals = emptyTotals();
  addToTotals(totals, summary);
  const hits = channelWindows(totals);
  const segments = hits.map((_, chamber) => physics?.chambers[String(chamber)]?.segments);
  return {
    ...{ about, batches, runs, totals },
    channels: channelsView(hits, segments),
    physics: physics && physicsView({ ...summary, physics }, geometry),
  };
}
