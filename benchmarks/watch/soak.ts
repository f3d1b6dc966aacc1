import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type BatchMessage, batchMessageSchema } from '../../src/domain/batch-message.js';
import { dtstream } from '../common/program.js';
import { inTemporaryFolder } from '../common/temporary-folder.js';
import { timedRun } from '../common/timed-run.js';
import { type MeasuredMemory, measureWatch, keysThroughPages, type Size } from './pty-meter.js';
import { type Fed, feedSoak, makeSoakStore } from './soak-feed.js';

/** Longest time that a step may take beyond what it should. */
const graceS = 60;
/** Batches of 12 s and of 100 ms at the rate of the simulated detector. */
const rowsPerBatch = { long: 66_000, short: 550 };
const shortMax = 1000;
/** Memory goes up and down with each collection of garbage. */
const memorySamples = 18;

/** What is written while `watch` reads. */
export interface SoakTimes {
  /** Minutes of the past. */
  readonly pastMinutes: number;
  /** Seconds of messages at 10 a second after it. */
  readonly liveS: number;
}

/** How `watch` was after a day. */
export interface SoakOutcome {
  /** While messages come, the last one at the end. */
  readonly memory: readonly MeasuredMemory[];
  readonly fed: Fed;
  /** Messages of `process` that they were made of. */
  readonly kinds: number;
  readonly alarms: number;
}

const snapshotSchema = z.object({
  watch: z.object({
    chambers: z.array(z.object({ hits_since_start: z.number() })),
    alarms: z.array(z.unknown()),
  }),
});

/**
 * Lets `watch` read a day, and looks at its memory.
 *
 * @param file simulated rows @throws Error when watch has not counted every hit
 */
export function measureSoak(
  file: string,
  { size, reference }: { readonly size: Size; readonly reference: string },
  { pastMinutes, liveS }: SoakTimes,
): Promise<SoakOutcome> {
  return inTemporaryFolder(async (folder) => {
    const long = await messagesOf(file, ['--batch-rows', rowsPerBatch.long, '--orbit-detail', 'none']);
    const short = await messagesOf(file, ['--batch-rows', rowsPerBatch.short], shortMax);
    const [store, saved] = [join(folder, 'log'), join(folder, 'saved')];
    const [isLive, stop, stopped] = ['live', 'stop', 'stopped'].map((name) => join(folder, name));
    await makeSoakStore(store);
    const flags = ['--store', store, '--reference', reference, '--out-dir', saved];
    const watched = measureWatch(flags, size, [
      { until: 'data', within: graceS },
      { await: isLive, within: pastMinutes / 10 + graceS },
      // Every page has been drawn of the day.
      ...keysThroughPages.map((type) => ({ type, within: 1 })),
      ...Array.from({ length: memorySamples }, () => [
        { wait: liveS / memorySamples },
        { memory: true } as const,
      ]).flat(),
      { write: '', to: stop },
      { await: stopped, within: graceS },
      { wait: 1 },
      { type: 's', within: 3 },
    ]);
    // A feed whose reader has ended would never be told to stop.
    const ended = new AbortController();
    const quit = watched.finally(() => ended.abort());
    const feeding = feedSoak(
      store,
      { long, short, pastMinutes },
      { stopFile: stop, onLive: () => writeFileSync(isLive, ''), signal: ended.signal },
    ).finally(() => {
      for (const path of [isLive, stopped]) writeFileSync(path, '');
    });
    const [fed, { memories, screen }] = await Promise.all([feeding, quit]);
    const { watch } = savedIn(saved, screen);
    const counted = watch.chambers.reduce((sum, chamber) => sum + chamber.hits_since_start, 0);
    if (counted !== fed.hits)
      throw new Error(`watch must count ${fed.hits} hits, got ${counted}:\n${screen.join('\n')}`);
    return { memory: memories, fed, kinds: long.length + short.length, alarms: watch.alarms.length };
  });
}

/**
 * Messages of a file, without the last one, which is shorter, and those at the start that have no closed orbit yet.
 */
async function messagesOf(
  file: string,
  flags: readonly (string | number)[],
  countMax = Infinity,
): Promise<BatchMessage[]> {
  const { stdout } = await timedRun(dtstream('process', '--quiet', ...flags, file));
  const lines = stdout.trim().split('\n').slice(0, -1).slice(0, countMax);
  const messages = lines.map((line) => batchMessageSchema.parse(JSON.parse(line)));
  return messages.filter(({ physics }) => typeof physics?.slots.first === 'number');
}

function savedIn(folder: string, screen: readonly string[]): z.infer<typeof snapshotSchema> {
  const name = readdirSync(folder).find((file) => file.endsWith('.json'));
  if (name === undefined) throw new Error(`the key s must save a snapshot:\n${screen.join('\n')}`);
  return snapshotSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
}
