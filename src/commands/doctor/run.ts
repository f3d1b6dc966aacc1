import { DtstreamError } from '../../errors.js';
import { ProcessIdTaken } from '../../transport/embedded/door/process-id-taken.js';
import { checkClock, checkNewest } from './check-clock.js';
import { checkGeometry } from './check-geometry.js';
import { checkInputs } from './check-inputs.js';
import { checkKafka } from './check-kafka.js';
import { checkMachine } from './check-machine.js';
import { checkStore } from './check-store.js';
import { checkTerminal } from './check-terminal.js';
import { checkUnread } from './check-unread.js';
import { type Finding, findingStates, guarded, ok } from './finding.js';
import type { DoctorFlags } from './flags.js';
import { loadConfig } from '../config/load.js';
import { Progress } from '../console/progress.js';
import { readingOf } from '../flags/input.js';
import { openLog } from '../flags/log.js';
import { s3OptionsOf } from '../flags/s3.js';
import { resultTopicsOf } from '../flags/prefix.js';
import type { Console } from '../console/console.js';
import type { Transport } from '../../transport/transport.js';

/**
 * `dtstream doctor`: one line for each check.
 *
 * @throws DtstreamError `config` when something has failed
 */
export async function runDoctor(console: Console, inputs: readonly string[], flags: DoctorFlags): Promise<void> {
  const findings: Finding[] = [];
  for await (const finding of allFindings(console, inputs, flags)) {
    findings.push(finding);
    if (!flags.json) await console.writeLines([lineOf(finding)]);
  }
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  const counts = Object.fromEntries(findingStates.map((state) => [state, count(state)]));
  if (flags.json) await console.writeJson({ ...counts, findings }, 2);
  if (count('fail') === 0) return;
  throw new DtstreamError('config', `${count('fail')} of ${findings.length} checks failed`);
}

async function* allFindings(console: Console, inputs: readonly string[], flags: DoctorFlags): AsyncGenerator<Finding> {
  const { brokers, store, config, topic, group, prefix } = flags;
  yield* checkMachine();
  yield ok('config', config ?? 'none: every value is a flag, a variable or a default');
  yield checkTerminal({
    env: console.env,
    inputIsTerminal: console.stdin.isTTY,
    outputIsTerminal: console.stdout.isTTY,
    columns: console.stdout.columns,
    rows: console.stdout.rows,
  });
  yield checkClock(Date.now());
  const names = { topic, group, prefix, ...resultTopicsOf(flags) };
  const log =
    brokers === undefined
      ? await checkStore(store)
      : await checkKafka(console, {
          ...{ brokers, brokerWait: flags.brokerWait, config, commands: flags.for },
          ...names,
        });
  yield* log;
  if (log.every(({ state }) => state !== 'fail'))
    yield* await checkMessages(console, flags, [topic, names.results, names.rejected]);
  const { geometry } = await loadConfig(config);
  const progress = new Progress(console, flags.quiet);
  const s3 = s3OptionsOf(flags, console.env);
  const reading = { format: flags.inputFormat, reading: readingOf(flags) };
  yield* await checkInputs(inputs, { s3, geometry, ...reading, signal: console.stopSignal(), progress });
}

/** The log is opened only where it is in order; one that is not there yet has no messages. */
function checkMessages(console: Console, flags: DoctorFlags, topics: readonly string[]): Promise<readonly Finding[]> {
  return guarded(
    'log',
    () => 'see docs/errors.md',
    async () => {
      const log = await openLog(console, flags, { create: false }).catch((error: unknown) => {
        if (error instanceof ProcessIdTaken) return undefined;
        if (error instanceof DtstreamError && error.retryable && flags.brokers === undefined) return undefined;
        throw error;
      });
      try {
        if (log === undefined) return [];
        const { geometry } = await loadConfig(flags.config);
        return [
          ...(await newestOf(log, topics)),
          ...(await readable(() => checkUnread(log, flags))),
          ...(await readable(() => checkGeometry(log, { ...flags, geometry }))),
        ];
      } finally {
        await log?.close();
      }
    },
  );
}

/** Of the topics that the user may read: rights are a finding of their own. */
async function newestOf(log: Transport, topics: readonly string[]): Promise<Finding[]> {
  const found = await Promise.all(topics.map((topic) => readable(() => checkNewest(log, [topic], Date.now()))));
  return found.flat();
}

/** The findings, or none where the user lacks the rights to look. */
async function readable(check: () => Promise<Finding[]>): Promise<Finding[]> {
  const { isAuthorizationError } = await import('../../transport/kafka/rights/access.js');
  return check().catch((error: unknown) => {
    if (isAuthorizationError(error)) return [];
    throw error;
  });
}

function lineOf({ state, check, text, advice }: Finding): string {
  const line = `${state.padEnd(4)}  ${check.padEnd(20)}  ${text}`;
  return advice === undefined ? line : `${line} -> ${advice}`;
}
