import { plainText } from '../../domain/plain-text.js';
import type { ShiftReport } from '../../report/shift-report.js';
import type { Producers } from '../../results/producers.js';
import { idsSeen, missingIds } from '../../results/seen-ids.js';

const nameMax = 200;

/** Messages by process, for a report. */
export function processesOf(producers: Producers): ShiftReport['accounts']['producers'] {
  return [...producers].map(([name, { ids, first, last }]) => ({
    ...{ name: plainText(name, nameMax), messages: idsSeen(ids), missing: missingIds(ids) },
    ...{ firstId: first.id, lastId: last.id },
  }));
}
