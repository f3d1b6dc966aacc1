import type { Console } from '../console/console.js';
import { logName } from '../flags/log.js';
import { windowText } from '../flags/part.js';
import type { ReportFlags } from './flags.js';
import { areMessages } from './are-messages.js';
import { readLogbook } from './logbook-marks.js';
import { beginReport, endReport } from './making.js';
import { collectLines, collectLog, logPlace } from './message-source.js';
import { ReportFile } from './report-file.js';

/** `dtstream report`: a part of the messages as one HTML file. */
export async function runReport(console: Console, inputs: readonly string[], flags: ReportFlags): Promise<void> {
  const signal = console.stopSignal();
  const { out: path, force, config, reference, group } = flags;
  const read = [...inputs, ...[config, reference].flatMap((name) => name ?? [])].filter((name) => name !== '-');
  const file = await ReportFile.open({ flag: '--out', path, force, inputs: read.map(fileOf) });
  try {
    if (inputs.length === 0) {
      const { logbook, from } = await logPlace(console, flags, signal);
      const making = await beginReport(console, flags, logbook);
      await collectLog(console, flags, { collector: making.collector, from, signal });
      const part = windowText({ from, to: flags.to });
      const source = `${flags.topic} of ${logName(flags)}${part === '' ? '' : `, ${part}`}`;
      await endReport(console, making, file, { ...flags, source, isFromRows: false, signal });
      return;
    }
    const making = await beginReport(console, flags, await readLogbook(flags.state, group));
    const isFromRows = !(await areMessages(inputs));
    if (isFromRows) {
      const { collectRows } = await import('./row-source.js');
      await collectRows(console, inputs, flags, making.collector);
    } else {
      for (const input of inputs) await collectLines(console, input, { collector: making.collector, group, signal });
    }
    await endReport(console, making, file, { ...flags, source: sourceText(inputs), isFromRows, signal });
  } finally {
    await file.discard();
  }
}

function fileOf(name: string) {
  return { kind: 'file' as const, name, bytesTotal: undefined };
}

/** Inputs that are named. */
const namedMax = 5;

function sourceText(inputs: readonly string[]): string {
  if (inputs.length > namedMax) return `${inputs.length} inputs, the first ${inputs[0]}`;
  return inputs.map((input) => (input === '-' ? 'standard input' : input)).join(', ');
}
