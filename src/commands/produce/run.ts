import { randomUUID } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { DtstreamError } from '../../errors.js';
import { type ProduceOptions, ProduceRun } from '../../pipeline/produce/produce.js';
import type { ProduceInput, SourcePlace } from '../../pipeline/produce/row-source.js';
import { orbitNsOf } from '../../domain/geometry.js';
import { expandInputs } from '../../sources/expand-inputs.js';
import { EmptyInputError, type InputWarning } from '../../sources/input-error.js';
import { normalInput } from '../../sources/input-scheme.js';
import { isS3Input } from '../../sources/s3/s3-location.js';
import { parseFaults } from '../../sources/faults/parse.js';
import { resolveSimulatorOptions } from '../../sources/simulator/options.js';
import type { LogWriter } from '../../transport/transport.js';
import { loadConfig } from '../config/load.js';
import { readingOf } from '../flags/input.js';
import { openLog } from '../flags/log.js';
import { produceMetricsOf } from '../metrics/metrics-asked.js';
import { countOf } from '../console/plural.js';
import { makeTopics } from '../topics/make-topics.js';
import type { ServedProduceMetrics } from '../metrics/open-metrics.js';
import { canRepeat, filesInput, followInput, simulatorInput } from './input.js';
import { OutputFile, refuseOwnOutputs } from '../flags/output-file.js';
import { ProduceProgress, shareOf } from './progress.js';
import { produceSummaryJson } from './summary.js';
import { checkRecreate } from '../topics/recreate-topics.js';
import { s3OptionsOf } from '../flags/s3.js';
import { resultTopicsOf } from '../flags/prefix.js';
import type { Console } from '../console/console.js';
import type { ProduceFlags } from './flags.js';
import type { InputFile } from '../../sources/input-file.js';
import { placesOf } from './places.js';
import { findHeld, findWritten, type HeldFile, type LookOptions, type WrittenBefore } from './written-before.js';
import { AwakeClock } from '../../awake-clock.js';

/** Bytes of an append: more are not quicker. */
const appendBytesMax = 4 << 20;
/** An append is at most this fraction of the topic's size, so that it need not wait for everything before it. */
const retentionShare = 1 / 16;

/** Characters of the mark of a new run: few enough for the commits of groups, which hold several. */
const markDigits = 12;

/** Time that a stop waits for Kafka to accept the rows read: below the 30 s after which service managers kill. */
const stopWaitMs = 20_000;

/** How often a folder without a file is looked at. */
const firstFileMs = 1000;

/** A stop while waiting for brokers, before anything was read. */
class StoppedAtStart extends Error {}

/** `dtstream produce`: rows of the inputs, or of the simulator, to the log. */
export async function runProduce(console: Console, given: readonly string[], flags: ProduceFlags): Promise<void> {
  const inputs = given.map(normalInput);
  checkFlags(inputs, flags);
  const signal = console.stopSignal();
  const { input, files } = await openInput(console, inputs, flags, signal);
  if (signal.aborted && inputs.length > 0 && files.length === 0) return;
  if (flags.resume && input.identity === undefined) {
    throw new DtstreamError('usage', '--resume needs inputs that can be read again, got standard input or a pipe');
  }
  const pace = await paceOf(flags);
  const served = await produceMetricsOf(console, flags);
  try {
    await writeToLog(console, { input, files }, flags, { signal, served, pace });
  } catch (error) {
    if (!(error instanceof StoppedAtStart)) throw error;
    console.logLine('stopped before the brokers answered: nothing was written', 'warn');
  } finally {
    await served?.close();
  }
}

/** What a run has of the process around it. */
interface RunContext extends Pick<ProduceOptions, 'signal' | 'pace'> {
  readonly served: ServedProduceMetrics | undefined;
}

async function writeToLog(
  console: Console,
  { input, files }: { readonly input: ProduceInput; readonly files: readonly InputFile[] },
  flags: ProduceFlags,
  { signal, served, pace }: RunContext,
): Promise<void> {
  const { retentionPolicy, acks, compression } = flags;
  const logOptions = { retentionPolicy, acks, compression, stop: signal, stopWaitMs };
  const log = await openLog(console, flags, logOptions).catch((error: unknown) => stoppedOr(error, signal));
  try {
    const { topic, retention } = flags;
    const spec = {
      topic,
      partitions: flags.partitions,
      replicationFactor: flags.replicationFactor,
      ...(retention === undefined ? {} : { retentionBytes: retention }),
    };
    const open = async (): Promise<{ partitions: number; writer: LogWriter; before: WrittenBefore | undefined }> => {
      const [made] = await makeTopics(console, log, [spec], flags);
      const writer = await log.openWriter(topic);
      const before = await findResume(console, writer, { input, files }, flags);
      return { partitions: made.partitions.length, writer, before };
    };
    const { partitions, writer, before } = await open().catch((error: unknown) => stoppedOr(error, signal));
    const awake = new AwakeClock();
    const resume = before?.state;
    const continued = before === undefined ? input : { ...input, identity: before.identity };
    const run = new ProduceRun(continued, writer, {
      ...flags,
      partitions,
      pace,
      rowsMax: flags.limit ?? Infinity,
      resume,
      newRun: flags.newRun ? randomUUID().slice(-markDigits) : undefined,
      lingerMs: flags.linger,
      appendBytes: Math.min(appendBytesMax, (retention ?? Infinity) * retentionShare),
      clock: { now: () => performance.now(), sleep, awakeNow: () => awake.now() },
      ...(served && { metrics: served.metrics }),
      signal,
    });
    const progress = new ProduceProgress(console, {
      topic,
      pace,
      brokers: flags.brokers,
      stopWaitMs,
      rowsBefore: resume?.rows ?? 0,
      quiet: flags.quiet,
      share: shareOf(flags, files),
    });
    awake.acquire();
    try {
      served?.watchRun(() => run.status());
      progress.start(() => run.status(), signal);
      const status = await run.run();
      progress.end(status, signal.aborted);
      if (resume !== undefined && status.rows === 0 && !signal.aborted) sayNothingNew(console, files, flags);
      if (flags.summary) await console.writeOut(produceSummaryJson(status, flags));
    } finally {
      awake.release();
      progress.close();
    }
  } finally {
    await log.close();
  }
}

function stoppedOr(error: unknown, stop: AbortSignal): never {
  if (stop.aborted && error instanceof DtstreamError && error.retryable) throw new StoppedAtStart();
  throw error;
}

async function openInput(
  console: Console,
  inputs: readonly string[],
  flags: ProduceFlags,
  signal: AbortSignal,
): Promise<{ input: ProduceInput; files: readonly InputFile[] }> {
  if (inputs.length === 0) {
    const { geometry } = await loadConfig(flags.config);
    const options = resolveSimulatorOptions({ ...flags.simulator, geometry });
    // Words cannot be malformed: if malformed rows are requested, rows come as text.
    const format = flags.encoding === 'words' && options.malformedShare === 0 ? 'words' : 'csv';
    const faults = flags.fault === undefined ? [] : parseFaults(flags.fault, geometry);
    const truthFile = flags.truth === undefined ? undefined : await openTruth(console, flags.truth, flags, signal);
    const onEnd = async (truth: string): Promise<void> => {
      await truthFile?.write(truth);
      await truthFile?.close();
    };
    return { input: simulatorInput({ ...options, format }, { faults, onEnd }), files: [] };
  }
  const warn = ({ message }: InputWarning): void => console.logLine(message, 'warn');
  const options = { format: flags.inputFormat, reading: readingOf(flags), warn };
  const expand = (): Promise<readonly InputFile[]> =>
    expandInputs(inputs, { warn, signal, s3: s3OptionsOf(flags, console.env) });
  const files = flags.follow ? await firstFiles(console, expand, signal) : await expand();
  await refuseOwnOutputs(files);
  if (!canRepeat(files) && (flags.loop || flags.follow)) {
    throw new DtstreamError('usage', '--loop and --follow need files, got standard input or a pipe');
  }
  if (!flags.follow) return { input: filesInput(inputs, files, options), files };
  const list = (): Promise<readonly InputFile[]> => expandInputs(inputs, { signal });
  const onGrown = (message: string): void => console.logLine(message, 'error');
  const onNext = (ended: SourcePlace, rows: number, next: SourcePlace): void => {
    if (!flags.quiet) console.logLine(`${ended.id} ends after ${countOf(rows, 'row')}; continuing with ${next.id}`);
  };
  return { input: followInput(inputs, files, { ...options, list, onGrown, onNext }), files };
}

/** The truth must be neither the configuration nor a file with something in it. */
function openTruth(
  console: Console,
  path: string,
  { force, config }: ProduceFlags,
  signal: AbortSignal,
): Promise<OutputFile> {
  const inputs = config === undefined ? [] : [{ kind: 'file' as const, name: config, bytesTotal: undefined }];
  const output = { flag: '--truth', path, force, content: undefined, isOwn: () => false, inputs, other: 1 };
  return OutputFile.open(console, output, signal);
}

/** The files that are there; none yet is waited for, until the signal comes. */
async function firstFiles(
  console: Console,
  expand: () => Promise<readonly InputFile[]>,
  signal: AbortSignal,
): Promise<readonly InputFile[]> {
  for (let isSaid = false; ; isSaid = true) {
    try {
      return await expand();
    } catch (error) {
      if (signal.aborted) return [];
      if (!(error instanceof EmptyInputError)) throw error;
      if (!isSaid) console.logLine(`waiting for the first file: ${error.message}`);
    }
    await setTimeout(firstFileMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The length of an orbit is that of the configured read-out. */
async function paceOf({ rate, speed = 1, config }: ProduceFlags): Promise<ProduceOptions['pace']> {
  if (rate !== 'detector') return rate;
  const { geometry } = await loadConfig(config);
  return { orbitNs: orbitNsOf(geometry.clock), speed };
}

function checkFlags(inputs: readonly string[], flags: ProduceFlags): void {
  if (inputs.length === 0 && (flags.loop || flags.follow)) {
    throw new DtstreamError('usage', '--loop and --follow need an input; simulated rows never end');
  }
  const remote = flags.follow ? inputs.find(isS3Input) : undefined;
  if (remote !== undefined) {
    throw new DtstreamError('usage', `--follow needs a file: an object in S3 never grows, got ${remote}`);
  }
  const { results, rejected } = resultTopicsOf(flags);
  if ([results, rejected].includes(flags.topic)) {
    throw new DtstreamError('usage', `--topic must not be a topic that process publishes to, got ${flags.topic}`);
  }
  checkRecreate(flags);
  if (flags.speed !== undefined && flags.rate !== 'detector') {
    throw new DtstreamError(
      'usage',
      `--speed needs --rate detector, got --rate ${flags.rate === Infinity ? 'max' : flags.rate}`,
    );
  }
  if (flags.loop && flags.follow) throw new DtstreamError('usage', '--loop and --follow exclude each other');
}

/**
 * How far the input was written, where it is to be continued.
 *
 * @throws DtstreamError `usage` when the topic holds rows of it that would be written once more
 */
async function findResume(
  console: Console,
  writer: LogWriter,
  { input, files }: LookOptions,
  { resume, again, loop, quiet, topic }: ProduceFlags,
): Promise<WrittenBefore | undefined> {
  if (!resume && (again || loop)) return undefined;
  const own = await findWritten(writer, { input, files: again ? [] : files }, resume);
  const isResumed = resume && own !== undefined;
  const held = again || loop ? undefined : await findHeld(writer, { input, files }, { own, isResumed });
  if (held !== undefined) throw heldError(topic, held, !resume && own !== undefined);
  if (!resume) return undefined;
  if (own !== undefined) {
    const { rows, last } = own.state;
    const place = last.rows === rows ? '' : `: row ${last.rows.toLocaleString('en-US')} of ${last.id}`;
    if (!quiet) console.logLine(`resuming after row ${rows.toLocaleString('en-US')}${place}`);
    return own;
  }
  if (!quiet) console.logLine('nothing of this input was written before: starting at its first row');
  return undefined;
}

/** Says what to do where files that have an end were written to their end before. */
function sayNothingNew(
  console: Console,
  files: readonly InputFile[],
  { limit, quiet, brokers }: Pick<ProduceFlags, 'limit' | 'quiet' | 'brokers'>,
): void {
  if (quiet || files.length === 0 || limit !== undefined) return;
  const apart = `another ${brokers === undefined ? '--store' : '--prefix'}`;
  console.logLine(`nothing new in the input: "produce --again" writes its rows once more, ${apart} counts them apart`);
}

function heldError(topic: string, { file, id, rows }: HeldFile, canResume: boolean): DtstreamError {
  const what = rows === undefined ? 'the rows' : countOf(rows, 'row');
  const where = placesOf([file])[0].id === id ? '' : ` (written as ${id})`;
  const how = canResume ? '--resume continues after them, ' : '';
  return new DtstreamError(
    'usage',
    `${topic} holds ${what} of ${file.name} already${where}: ${how}--again writes them once more`,
  );
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return setImmediate();
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
