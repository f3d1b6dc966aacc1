import { formatCount } from '../draw/format.js';
import type { IncomingMessage } from '../../results/incoming-message.js';
import { plainText } from '../../domain/plain-text.js';
import { rejectedRows } from '../../domain/rejected-rows.js';
import { lostMessages } from '../../results/totals.js';

/** A message as one compact line without a line end; what the message does not say is left out. */
export function renderPlainLine(message: IncomingMessage): string {
  const { batch, producer, ledger, orbits, late_hits: lateHits } = message;
  const closedMs = Date.parse(batch?.closed ?? '');
  const parts = [
    Number.isNaN(closedMs) ? '' : new Date(closedMs).toISOString(),
    `${producer === undefined ? '' : `${plainText(producer)} `}#${message.msg_ID}`,
    `${formatCount(message.hit_count)} hits [${message.hit_count_chamber.map(formatCount).join(' ')}]`,
    orbits === undefined ? '' : `${formatCount(orbits)} orbits`,
  ];
  if (ledger !== undefined) {
    const { dropped, rejected } = ledger;
    parts.push(
      `${formatCount(ledger.rows_read)} rows read`,
      `scintillator ${formatCount(ledger.scintillator)}`,
      `dropped ${formatCount(dropped.head + dropped.channel)}`,
      `rejected ${formatCount(rejectedRows(rejected))}`,
      `open ${formatCount(ledger.carried_out)}`,
    );
  }
  const lost = lostMessages(message.lost);
  if (lost > 0) parts.push(`lost ${formatCount(lost)}`);
  if (lateHits !== undefined && lateHits > 0) parts.push(`late ${formatCount(lateHits)}`);
  return parts.filter((part) => part !== '').join('  ');
}
