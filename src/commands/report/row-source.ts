import type { Console } from '../console/console.js';
import { groupDefault } from '../flags/prefix.js';
import type { ShiftCollector } from './collect.js';
import type { ReportFlags } from './flags.js';

/** Rows of a batch: about a second of the telescope, so that tests say when something began. */
const batchRowsDefault = 5000;

/** Counts the rows of inputs as `process` does, into a report. @throws DtstreamError as `process` */
export async function collectRows(
  console: Console,
  inputs: readonly string[],
  flags: ReportFlags,
  collector: ShiftCollector,
): Promise<void> {
  const { group = groupDefault, batchRows = batchRowsDefault } = flags;
  const { runDirect } = await import('../process/direct-start.js');
  await runDirect(
    console,
    inputs,
    {
      ...flags,
      ...{ group, batchRows, orbitDetail: 'none', physics: 'full', summary: false, ascii: false, metricsHost: '' },
    },
    { onMessage: (message) => collector.add(message, message), isSilent: true },
  );
}
