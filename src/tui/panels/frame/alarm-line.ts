import type { AlarmRow } from '../../../views/detector/verdicts.js';
import { formatClock, formatSpan } from '../../draw/format.js';
import { type Piece, plainPiece } from '../../draw/line.js';

/** The alarm that nobody has acknowledged and that began last; one that is over only where no other stands. */
export function newestAlarm(alarms: readonly AlarmRow[]): AlarmRow | undefined {
  const newest = (state: AlarmRow['state']): AlarmRow | undefined =>
    alarms
      .filter((alarm) => alarm.state === state)
      .reduce<AlarmRow | undefined>(
        (last, one) => (last === undefined || one.sinceMs > last.sinceMs ? one : last),
        undefined,
      );
  return newest('NEW') ?? newest('GONE');
}

/** An alarm in words, and the keys for it at the right: in several lengths, the longest first. */
export function alarmPieces(
  alarm: AlarmRow,
  { unseen, nowMs, isWide }: { readonly unseen: number; readonly nowMs: number; readonly isWide: boolean },
): { lefts: Piece[][]; rights: Piece[][] } {
  const { state, test, objectText, fault, observed, expected, sinceMs, endedMs } = alarm;
  const more = unseen - 1;
  const span = endedMs === undefined ? formatSpan(nowMs - sinceMs) : `over for ${formatSpan(nowMs - endedMs)}`;
  const values = `${observed}${test.startsWith('neighbour') ? ' of its neighbours' : ''}, ${expected} expected`;
  const head = ` ! ${formatClock(sinceMs)} ${state}`;
  const ink = state === 'NEW' ? 'bad' : 'warn';
  const texts = [
    `${head}  ${isWide ? objectInWords(alarm) : objectText} ${fault}: ${values}, ${isWide && endedMs === undefined ? 'for ' : ''}${span}`,
    `${head}  ${objectText} ${fault}: ${values}`,
    ` ! ${state} ${objectText} ${fault}: ${values}`,
    ` ! ${state} ${objectText} ${fault}`,
  ];
  const counted = more > 0 ? `  +${more}` : '';
  const rights = [`a ack  K known${counted} `, `a ack${counted} `];
  const long = `a acknowledge  K known  n next${more > 0 ? ` (${more} more)` : ''} `;
  return {
    lefts: texts.map((text) => [{ text, ink }]),
    rights: [...(isWide ? [long] : []), ...rights].map((text) => [plainPiece(text)]),
  };
}

/** The object without a number that has to be known how to be read. */
function objectInWords({ object: { chamber, channel }, objectText }: AlarmRow): string {
  return channel === undefined ? objectText : `chamber ${chamber} channel ${channel}`;
}
