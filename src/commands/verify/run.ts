import { DtstreamError } from '../../errors.js';
import { ForeignCommitError } from '../../pipeline/consume/lane-commit.js';
import { verifyGroup, type VerifyReport } from '../../pipeline/verify/verify-group.js';
import { loadConfig } from '../config/load.js';
import { countOf } from '../console/plural.js';
import { openLog } from '../flags/log.js';
import { Progress } from '../console/progress.js';
import type { Console } from '../console/console.js';
import { missingText, notComparableJson, verifyJson, verifyLines } from './text.js';
import type { VerifyFlags } from './flags.js';
import { resultsTopic } from '../topics/topic-names.js';

/** `dtstream verify`: one comparison of the log with itself. */
export async function runVerify(console: Console, flags: VerifyFlags): Promise<void> {
  const report = await verify(console, flags).catch(async (error: unknown) => {
    // A log that is not there or cannot be read says nothing of whether the two differ.
    const isReason = error instanceof DtstreamError && ['not-comparable', 'store'].includes(error.code);
    if (!isReason && !(error instanceof ForeignCommitError)) throw error;
    if (flags.json) await console.writeJson(notComparableJson(flags, error.message), 2);
    throw new DtstreamError('not-comparable', error.message, { cause: error });
  });
  await (flags.json ? console.writeJson(verifyJson(flags, report), 2) : console.writeLines(verifyLines(report)));
  if (report.differencesTotal === 0) {
    const missing = missingText(report);
    if (missing === undefined) return;
    throw new DtstreamError('not-comparable', missing);
  }
  throw new DtstreamError(
    'different',
    `${flags.topic} and the messages of group ${flags.group} differ in ${countOf(report.differencesTotal, 'bin')}`,
  );
}

async function verify(console: Console, flags: VerifyFlags): Promise<VerifyReport> {
  const { geometry } = await loadConfig(flags.config);
  const { group, topic } = flags;
  const log = await openLog(console, flags, { create: false });
  const progress = new Progress(console, flags.quiet);
  try {
    return await verifyGroup(log, {
      group,
      topic,
      results: resultsTopic,
      geometry,
      onRows: (rows, rowsTotal) => progress.show({ rows, share: rowsTotal === 0 ? undefined : rows / rowsTotal }),
    });
  } finally {
    progress.end();
    await log.close();
  }
}
