import type { ComputePool } from '../../compute/pool.js';
import type { BatchMessage } from '../../domain/batch-message.js';
import { chamberListOf } from '../../domain/chamber-channels.js';
import { type Geometry, orbitNsOf } from '../../domain/geometry.js';
import { hitHead } from '../../domain/hit.js';
import { SummarySum } from '../../domain/summary.js';
import { processDirect } from '../../pipeline/direct/direct.js';
import { expandInputs } from '../../sources/expand-inputs.js';
import { openAll } from '../../sources/open-source.js';
import { consumeMetricsOf } from '../metrics/metrics-asked.js';
import { HitWatch } from './no-hits-warning.js';
import { readingOf } from '../flags/input.js';
import { InputReport } from './input-report.js';
import { refuseOwnOutputs } from '../flags/output-file.js';
import type { DirectFlags } from './flags.js';
import { surveyedRowsMax, TriggerWatch } from './trigger-watch.js';
import { programVersion } from '../program-version.js';
import { inputShare } from '../console/input-share.js';
import { Progress } from '../console/progress.js';
import { createRejectedFile } from './rejected-file.js';
import { outputOf, writeSummary } from './summary-output.js';
import { s3OptionsOf } from '../flags/s3.js';
import type { Console } from '../console/console.js';

const batchRowsDefault = 100_000;
const lineEnd = Buffer.from('\n');

/** Who takes the messages beside standard output. */
export interface DirectTaker {
  readonly onMessage: (message: BatchMessage) => void;
  /** Whether nothing goes to standard output. */
  readonly isSilent: boolean;
}

interface DirectSetup {
  readonly pool: ComputePool;
  readonly geometry: Geometry;
  readonly flags: DirectFlags;
  readonly taker: DirectTaker | undefined;
}

/** Reads the inputs and writes their messages, or their summary. */
export async function runDirectOn(
  console: Console,
  inputs: readonly string[],
  { pool, geometry, flags, taker }: DirectSetup,
): Promise<void> {
  const output = taker?.isSilent === true ? 'nothing' : outputOf(console, flags);
  const signal = console.stopSignal();
  const report = new InputReport({ say: ({ message }) => console.logLine(message, 'warn'), head: flags.head });
  const { warn } = report;
  const files = await expandInputs(inputs, { warn, signal, s3: s3OptionsOf(flags, console.env) });
  await refuseOwnOutputs(files);
  const rejectedOptions = { force: flags.force, inputs: files, signal };
  const rejected =
    flags.rejected === undefined ? undefined : await createRejectedFile(console, flags.rejected, rejectedOptions);
  const chambers = geometry.chambers.length;
  const served = await consumeMetricsOf(console, flags, chambers);
  served?.watchPool(pool);
  const progress = new Progress(console, flags.quiet);
  const share = inputShare(files);
  const sum = new SummarySum(chamberListOf(geometry));
  const hits = new HitWatch(console, { lateness: flags.lateness, source: 'input' });
  const reading = { format: flags.inputFormat, reading: readingOf(flags), warn: () => undefined, signal };
  const again = files.filter(({ kind, bytesTotal }) => kind === 'file' && bytesTotal !== undefined);
  const trigger = new TriggerWatch(console, geometry, {
    isOtherText: flags.head !== hitHead,
    survey: async (survey) => {
      const { surveyInputs } = await import('../../pipeline/survey/survey-inputs.js');
      await surveyInputs(again, survey, reading, { rowsMax: surveyedRowsMax });
    },
  });
  // Loaded while the threads start.
  const boxes = flags.physics === 'off' ? undefined : import('../../results/time-boxes.js');
  try {
    const sources = openAll(files, { format: flags.inputFormat, reading: readingOf(flags), warn, signal });
    const messages = processDirect(sources, pool, {
      geometry,
      lateness: flags.lateness,
      batchRows: flags.batchRows ?? batchRowsDefault,
      detail: output === 'messages' ? flags.orbitDetail : 'none',
      producer: `${flags.group}/0`,
      now: Date.now,
      signal,
      onSourceEnd: (tally) => report.add(tally),
      ...(rejected && { onRejected: (rows) => rejected.write(rows) }),
      onProgress: ({ rows, source, bytesDone }) => progress.show({ rows, share: share(source, bytesDone) }),
    });
    for await (const published of messages) {
      served?.metrics.published({ messages: [published.head] });
      hits.add(published.head);
      taker?.onMessage(published.head);
      if (output === 'messages') await console.writeOut(Buffer.concat([published.bytes, lineEnd]));
      else sum.add(published.head);
    }
  } finally {
    progress.end();
    report.end();
    hits.sayLate();
    if (!signal.aborted) await trigger.end(hits.ledger);
    try {
      await rejected?.close();
    } finally {
      await served?.close();
      const timing = sum.timing(orbitNsOf(geometry.clock));
      const about = { version: programVersion(), group: flags.group, inputs: [...inputs], ...timing };
      const summed = { ...sum.summary, about };
      const summary = (await boxes)?.withBoxes(summed, geometry) ?? summed;
      await writeSummary(console, summary, { output, geometry, flags });
    }
  }
}
