import type { Configuration } from '../../experiment/runs/configuration.js';
import { judgeDrain } from '../../experiment/measure/judge-drain.js';
import type { Measurements } from '../../experiment/runs/run-result.js';
import { type SeenMessage, seenMessage } from '../../experiment/measure/seen-message.js';
import { batchMessageSchema } from '../../domain/batch-message.js';
import { DtstreamError } from '../../errors.js';
import { batchesToEnd } from '../../transport/batches-to-end.js';
import { recordsOf } from '../../transport/records-of.js';
import type { LogReader } from '../../transport/transport.js';
import type { SubcommandProcess } from '../child/subcommand-process.js';
import type { ProcessUsage } from '../child/usage.js';
import type { FilledTopic } from './prefill.js';
import { processArgs } from './run-args.js';
import type { RunSettings } from './settings.js';
import { notVerified, verifyRun } from './verify.js';

/**
 * One run over a topic that is filled: `process` alone, in a new group, from its start to the end of the topic.
 *
 * @param rows rows of the topic
 * @param group a name that no run before had
 * @throws DtstreamError when a process failed, rows are missing, or the signal aborted
 */
export async function measureDrain(
  { log, fill }: FilledTopic,
  configuration: Configuration,
  settings: RunSettings,
  { rows, group, signal }: { readonly rows: number; readonly group: string; readonly signal: AbortSignal },
): Promise<Measurements> {
  const own = log.group(group);
  const reader = await log.log.openReader(log.results, 'latest');
  try {
    const args = [...processArgs(configuration, group, settings), '--until-end'];
    const processors = Array.from({ length: configuration.instances }, () => log.start(args));
    const usages = await allFinished(processors, signal);
    log.forgetEnded();
    const messages = await messagesOf(reader, own);
    const rowsRead = messages.reduce((sum, message) => sum + message.rowsRead, 0);
    if (rowsRead !== rows) {
      throw new DtstreamError('transport', `cannot measure: process must read ${rows} rows, got ${rowsRead}`);
    }
    const names = { group: own, topic: log.topic, results: log.results, config: settings.config };
    return judgeDrain({
      messages,
      fill,
      usage: sumOf(usages),
      verify: settings.verify ? await verifyRun(log.log, names) : notVerified,
    });
  } finally {
    await reader.close();
  }
}

/** What all have used; when one fails or the signal aborts, the others are ended. */
async function allFinished(
  processors: readonly SubcommandProcess[],
  signal: AbortSignal,
): Promise<readonly ProcessUsage[]> {
  const kill = (): void => {
    for (const child of processors) child.kill();
  };
  signal.addEventListener('abort', kill);
  try {
    return await Promise.all(processors.map(async (child) => (await child.finished()).usage));
  } catch (error) {
    kill();
    throw signal.aborted ? new DtstreamError('transport', 'stopped') : error;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** The messages of a group up to the current end; the time at which one could be read is not known. */
async function messagesOf(reader: LogReader, group: string): Promise<SeenMessage[]> {
  const messages: SeenMessage[] = [];
  for await (const batch of batchesToEnd(reader)) {
    for (const { value } of recordsOf(batch)) {
      const message = batchMessageSchema.parse(JSON.parse(Buffer.from(value).toString()));
      if (message.producer.startsWith(`${group}/`)) messages.push(seenMessage(message, Number.NaN));
    }
  }
  return messages;
}

function sumOf(usages: readonly ProcessUsage[]): ProcessUsage {
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMemoryBytes: usages.reduce((sum, { peakMemoryBytes }) => sum + peakMemoryBytes, 0),
  };
}
