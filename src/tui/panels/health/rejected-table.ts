import type { Ledger } from '../../../domain/batch-message.js';
import { plainText } from '../../../domain/plain-text.js';
import { type DashboardState, ledgerOf } from '../../../results/dashboard-state.js';
import type { MessageSums } from '../../../results/message-sums.js';
import type { Area } from '../../draw/canvas.js';
import { cut, formatCount } from '../../draw/format.js';

/** Why rows are rejected, and the rule in words. */
const reasons: readonly (readonly [keyof Ledger['rejected'], string])[] = [
  ['fields', 'not six fields'],
  ['number', 'a field is no number'],
  ['range', 'a number beyond its field'],
];
const nameWidth = 10;
const ruleWidth = 27;
const columnWidth = 13;
/** Columns of the table. */
export const rejectedWidth = nameWidth + ruleWidth + 2 * columnWidth;

/** Rejected rows by the rule that they break, and why the last unreadable message was so. */
export function drawRejectedTable(
  area: Area,
  { window, title, state }: { readonly window: MessageSums; readonly title: string; readonly state: DashboardState },
): void {
  const ledgers = [window.totals.ledger, ledgerOf(state)];
  const put = (y: number, column: number, text: string, isWarning = false): void => {
    area.put(nameWidth + ruleWidth + column * columnWidth, y, text.padStart(columnWidth), isWarning ? 'warn' : 'plain');
  };
  area.put(0, 0, 'REJECTED ROWS', 'strong');
  [title.slice(0, columnWidth - 1), 'since start'].forEach((head, column) => put(0, column, head));
  reasons.forEach(([reason, rule], index) => {
    area.put(0, 1 + index, reason);
    area.put(nameWidth, 1 + index, rule);
    ledgers.forEach(({ rejected }, column) => {
      put(1 + index, column, formatCount(rejected[reason]), rejected[reason] > 0);
    });
  });
  const below = area.part({ x: 0, y: reasons.length + 2, width: area.width, height: area.height - reasons.length - 2 });
  below.put(0, 0, 'examples, and where they were: dtstream rejected');
  const { unreadable, unreadableReason } = state;
  if (unreadable === 0 || unreadableReason === undefined) return;
  below.put(0, 1, cut(`unreadable message: ${plainText(unreadableReason, area.width)}`, area.width));
}
