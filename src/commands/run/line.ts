import { once } from 'node:events';
import { type ChildLine, startSubcommand, type SubcommandProcess } from '../child/subcommand-process.js';

/** A child that has not ended by itself so long after a stop is killed: produce waits up to 20 s for Kafka. */
const stopMsMax = 30_000;

/** The words of the commands of a line. */
export interface LineCommands {
  readonly produce: readonly string[];
  /** Absent = nothing is processed before produce has come to its end. */
  readonly process?: readonly string[];
  /** Takes the place of `process` when produce has come to its end; absent = the line then stays as it is. */
  readonly finish?: readonly string[];
}

export interface LineOptions {
  /** Called for each line that a child writes to stderr. */
  readonly onLine?: (line: ChildLine) => void;
  /** Variables of ours that the children keep; the others are part of their words already. */
  readonly keepsVariable?: (name: string) => boolean;
}

/** produce and process at work as processes of their own. */
export interface RunningLine {
  /** Aborts when all is published of an input that has an end, or when a process has ended before it was told to. */
  readonly ended: AbortSignal;
  /** Aborts when one of the processes has failed. */
  readonly failed: AbortSignal;
  /**
   * Stops produce, then process, each with its last commit. Idempotent.
   *
   * @throws DtstreamError `transport` when one of them has failed
   */
  stop(): Promise<void>;
  /** Ends them at once. */
  kill(): void;
}

/**
 * Starts the processes of a line. They end with this one, also when that is killed.
 *
 * ```
 *  produce ────── end of the input ┐
 *  process ────────────── stop ────┴─► process --until-end ─► ended
 * ```
 */
export function startLine(commands: LineCommands, options: LineOptions = {}): RunningLine {
  let isHandingOver = false;
  const { onLine, ...others } = options;
  // That process stops to be followed by another one, with its orbits open, is no news.
  const pass =
    onLine &&
    ((line: ChildLine) => {
      if (!isHandingOver || line.level !== 'info') onLine(line);
    });
  const start = (words: readonly string[]): SubcommandProcess =>
    startSubcommand(words, { stopMsMax, ...others, ...(pass && { onLine: pass }) });
  const produce = start(commands.produce);
  let process = commands.process && start(commands.process);
  const ended = new AbortController();
  const failed = new AbortController();
  let isStopping = false;
  let failure: { readonly error: unknown } | undefined;

  const work = async (): Promise<void> => {
    await Promise.race([endOf(produce), ...(process === undefined ? [] : [endOf(process)])]);
    if (isStopping) return;
    if (process?.ended.aborted === true) {
      await process.stop();
      return;
    }
    await produce.stop();
    if (commands.finish === undefined) return;
    isHandingOver = true;
    await process?.stop();
    // A call, for the compiler takes a variable to stay as it was across an await.
    if (((): boolean => isStopping)()) return;
    const last = start(commands.finish);
    process = last;
    await endOf(last);
    await last.stop();
  };
  const over = work()
    .catch((error: unknown) => {
      failure = { error };
      failed.abort();
    })
    .finally(() => ended.abort());

  return {
    ended: ended.signal,
    failed: failed.signal,
    async stop() {
      isStopping = true;
      const stopped = [await settled(produce.stop()), await settled(process?.stop() ?? Promise.resolve())];
      await over;
      const first = failure ?? stopped.find((one) => one !== undefined);
      if (first !== undefined) throw first.error;
    },
    kill() {
      produce.kill();
      process?.kill();
    },
  };
}

async function endOf({ ended }: SubcommandProcess): Promise<void> {
  if (!ended.aborted) await once(ended, 'abort');
}

/** What a promise failed with; undefined when it did not. */
function settled(promise: Promise<unknown>): Promise<{ readonly error: unknown } | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
}
