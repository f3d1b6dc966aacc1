import { channelWindows } from '../../results/channel-window.js';
import { type DashboardState, ledgerOf } from '../../results/dashboard-state.js';
import { outliers } from '../../results/outliers.js';
import type { ChamberTotals } from '../../results/totals.js';
import { cut, formatCount } from '../draw/format.js';
import { feedNotes } from '../panels/frame/feed.js';
import { ledgerTexts } from '../panels/frame/ledger-lines.js';
import { outlierText } from '../panels/summary/outlier-lines.js';
import type { QualityPicture } from '../../views/detector/verdicts.js';
import { verdictLine } from './verdict-line.js';
import { type About, headOf, shortHeadLines, takenText } from './head-lines.js';

const width = 78;
const linesMax = 12;
/** Channels that may be named as furthest from the others. */
const outliersMax = 64;

/**
 * The state in at most 12 lines of 78 columns of ASCII, for a logbook or a message: what it is of, what the quality tests
 * say, the ledger, a line a chamber as far as there is room, channels that stand out, problems.
 */
export function renderBrief(
  state: DashboardState,
  about: About,
  { nowMs, quality }: { readonly nowMs: number; readonly quality: QualityPicture | undefined },
): string {
  const { totals } = state;
  const texts = ledgerTexts(ledgerOf(state));
  const windows = channelWindows(totals);
  const furthest = outlierText(outliers(windows, outliersMax), width, 'x');
  const top = [
    ...shortHeadLines(headOf(state, about), width),
    cut(takenText(state, nowMs), width),
    ...(state.messages === 0 ? [] : [cut(verdictLine(quality, width), width)]),
    texts.find((text) => text.length <= width) ?? cut(texts.at(-1) ?? '', width),
  ];
  const bottom = [...(furthest === '' ? [] : [furthest]), cut(notesText(state), width)];
  const room = linesMax - top.length - bottom.length;
  const lines = totals.chambers.map((chamber, index) => chamberLine(index, chamber, windows[index]));
  const hidden = lines.length > room ? [`(${lines.length - room + 1} more chambers)`] : [];
  const chambers = [...lines.slice(0, hidden.length > 0 ? Math.max(0, room - 1) : room), ...hidden];
  return [...top, ...chambers, ...bottom, ''].join('\n');
}

/** What is wrong with the messages themselves; the verdict of the detector is above. */
function notesText(state: DashboardState): string {
  if (state.messages === 0) return 'no message: nothing to judge';
  const notes = feedNotes(state).join(', ');
  return notes === '' ? 'no late, lost, missing or unreadable messages' : notes;
}

function chamberLine(chamber: number, totals: ChamberTotals, window: Float64Array): string {
  const { hits, activeOrbits } = totals;
  const seen = window.filter((count) => count > 0).length;
  const orbits = activeOrbits.reduce((sum, count) => sum + count, 0);
  const active = activeOrbits.reduce((sum, count, channels) => sum + count * channels, 0);
  const hottest = window.indexOf(Math.max(...window));
  const most = seen === 0 ? '' : `  most ${chamber}:${hottest} (${formatCount(window[hottest])})`;
  const mean = orbits === 0 ? '' : `  ${(active / orbits).toFixed(2)} active`;
  return cut(`chamber ${chamber}  ${formatCount(hits)} hits  ${seen}/${window.length} channels${most}${mean}`, width);
}
