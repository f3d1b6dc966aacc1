import { ledgerOf } from '../../../results/dashboard-state.js';
import type { Area } from '../../draw/canvas.js';
import { cut } from '../../draw/format.js';
import { drawPieces } from '../../draw/line.js';
import type { PageInput } from '../../pages/page.js';
import { alarmPieces, newestAlarm } from './alarm-line.js';
import { feedNotes, quietOpenNote } from './feed.js';
import { keyLine } from './key-line.js';
import { ledgerTexts } from './ledger-lines.js';
import { wideMin } from './status-lines.js';
import { drawTimeLine } from './time-line.js';
import { rejectedRows } from '../../../domain/rejected-rows.js';

/** Columns for what is typed that keys beside it leave. */
const typedMin = 20;
/** Blanks between problems and keys, and columns that are always kept for the key of help. */
const noteGap = 3;
const helpWidth = ' ? help'.length;

/** The two bottom lines: the newest alarm, where the screen stands in time or the ledger; then problems and keys. */
export function drawBottomLines(area: Area, input: PageInput): void {
  const { width } = area;
  drawNewest(area.part({ x: 0, y: 0, width, height: 1 }), input);
  drawKeys(area.part({ x: 0, y: 1, width, height: 1 }), input);
}

function drawNewest(area: Area, { state, detector, view, style }: PageInput): void {
  const { frozen, nowMs } = view;
  if (frozen !== undefined) {
    drawTimeLine(area, { frozen, detector }, style);
    return;
  }
  const alarm = newestAlarm(detector.alarms);
  if (alarm !== undefined) {
    const unseen = detector.alarms.filter(({ state: of }) => of === 'NEW' || of === 'GONE').length;
    const { lefts, rights } = alarmPieces(alarm, { unseen, nowMs, isWide: area.width >= wideMin });
    drawPieces(area, lefts, rights);
    return;
  }
  // The first page has the ledger itself.
  if (view.page === 'overview' && !view.help && state.messages > 0) area.put(1, 0, calmText(detector));
  else drawLedgerLine(area, state);
}

/** What there is to say where no alarm is new. */
function calmText({ chambers, alarms }: PageInput['detector']): string {
  if (chambers.every(({ verdict }) => verdict.state === 'unknown')) return 'no verdicts';
  const counted = (['SEEN', 'KNOWN'] as const).flatMap((state) => {
    const count = alarms.filter((alarm) => alarm.state === state).length;
    return count === 0 ? [] : [`${count} ${state.toLowerCase()}`];
  });
  return ['no new alarm', ...counted].join(', ');
}

/** The account of all rows since the start, in a line. */
export function drawLedgerLine(area: Area, state: PageInput['state']): void {
  const ledger = ledgerOf(state);
  const hasNoLedger = state.messages > 0 && state.messages === state.withoutLedger;
  const texts = hasNoLedger ? ['the messages carry no ledger'] : ledgerTexts(ledger);
  const rejected = rejectedRows(ledger.rejected);
  const text = texts.find((one) => one.length + 1 <= area.width) ?? texts.at(-1) ?? '';
  area.put(1, 0, text, rejected === 0 ? 'plain' : 'warn');
}

/** The last line: what is typed, what a key did, or problems and keys; those of a small terminal, where there is no page. */
export function drawKeys(area: Area, { state, view }: PageInput, isSmall = false): void {
  const { width } = area;
  if (view.prompt !== undefined) {
    const { label, text, keys } = view.prompt;
    const head = ` ${label}: `;
    const rest = width - head.length - 2;
    const hasKeys = rest - keys.length >= typedMin;
    const room = Math.max(1, hasKeys ? rest - keys.length : rest);
    if (hasKeys) area.put(width - keys.length - 1, 0, keys);
    area.put(0, 0, head, 'strong');
    area.put(head.length, 0, text.slice(-room));
    area.put(head.length + Math.min(text.length, room), 0, ' ', 'badge');
    return;
  }
  if (view.said !== undefined) {
    area.put(0, 0, cut(view.said, width), 'strong');
    return;
  }
  const isWide = width >= wideMin;
  const notes = [...feedNotes(state), quietOpenNote(state, view)].filter((note) => note !== undefined).join(', ');
  if (notes === '') {
    area.put(0, 0, keyLine(view, width, { isWide, isSmall }));
    return;
  }
  const shown = cut(` ${notes}`, width - helpWidth - noteGap);
  area.put(0, 0, shown, 'warn');
  const keys = keyLine(view, width - shown.length - noteGap, { isWide, isSmall });
  area.put(width - keys.length, 0, keys);
}
