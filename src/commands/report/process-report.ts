import type { BatchMessage } from '../../domain/batch-message.js';
import type { Console } from '../console/console.js';
import type { DirectFlags } from '../process/flags.js';
import { readLogbook } from './logbook-marks.js';
import { beginReport, endReport } from './making.js';
import { ReportFile } from './report-file.js';

/** `dtstream process INPUT… --report FILE`: messages, or one summary, on stdout, and a report of them. */
export async function runDirectWithReport(
  console: Console,
  inputs: readonly string[],
  flags: DirectFlags & { readonly report: string },
): Promise<void> {
  const signal = console.stopSignal();
  const { report: path, force, rejected } = flags;
  const read = inputs.filter((name) => name !== '-');
  const file = await ReportFile.open({
    ...{ flag: '--report', path, force, other: rejected },
    inputs: read.map((name) => ({ kind: 'file', name, bytesTotal: undefined })),
  });
  try {
    const making = await beginReport(console, flags, await readLogbook(undefined, undefined));
    const { collector } = making;
    const taker = { onMessage: (message: BatchMessage) => collector.add(message, message), isSilent: false };
    const { runDirect } = await import('../process/direct-start.js');
    await runDirect(console, inputs, flags, taker);
    await endReport(console, making, file, { ...flags, source: inputs.join(', '), isFromRows: true, signal });
  } finally {
    await file.discard();
  }
}
