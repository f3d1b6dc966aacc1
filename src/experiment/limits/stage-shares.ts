import { z } from 'zod';

/** What a processor profile of `process` is divided into. */
const stages = ['decode', 'shard', 'aggregate', 'merge', 'log', 'broker', 'threads', 'collector', 'other'] as const;
type Stage = (typeof stages)[number];

const sharesSchema = z.partialRecord(z.enum(stages), z.number().min(0));

/** Where the processor time of `process` goes, from a sampling profile of each of its threads. */
export const stageSharesSchema = z.object({
  /** Busy fraction of the main thread, and of the busiest pool thread. */
  mainBusy: z.number().min(0),
  poolBusy: z.number().min(0),
  /** Seconds of work by stage. */
  main: sharesSchema,
  pool: sharesSchema,
});
export type StageShares = Readonly<z.infer<typeof stageSharesSchema>>;

/** A `.cpuprofile` of V8. */
export const cpuProfileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.int() }),
      children: z.array(z.int()).optional(),
    }),
  ),
  startTime: z.number(),
  endTime: z.number(),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = Readonly<z.infer<typeof cpuProfileSchema>>;

/** Which stage a function belongs to by the file it is in, the first that fits. */
const stageFiles: readonly (readonly [RegExp, Stage])[] = [
  [/\/compute\/(decode-|classify-row|row-block)/, 'decode'],
  [/\/compute\/(route|hit-lists)/, 'shard'],
  [/\/compute\/(aggregate|orbit-)/, 'aggregate'],
  [/\/transport\/kafka\/|\/kafkajs\//, 'broker'],
  [/\/transport\/|\/lmdb\/|\/msgpackr\//, 'log'],
  [/\/pipeline\/consume\/(lane-reader|chunk-assembler|rejected-records)/, 'log'],
  [/\/pipeline\/|\/domain\//, 'merge'],
  [/\/piscina\/|\/compute\/(pool|thread|tasks)/, 'threads'],
];

/** Functions in which a pool thread sleeps until there is a task: the profiler counts them as busy. */
const waits: ReadonlySet<string> = new Set(['atomicsWaitLoop']);

/** Seconds of work of a profile by stage; waiting does not count. */
function workByStage(profile: CpuProfile): Partial<Record<Stage, number>> {
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const stageOf = new Map<number, Stage | undefined>();
  const find = (id: number): Stage | undefined => {
    const functionName = nodes.get(id)?.callFrame.functionName;
    if (functionName === '(idle)' || waits.has(functionName ?? '')) return undefined;
    if (functionName === '(garbage collector)') return 'collector';
    // Work of the engine counts for its caller.
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const place = nodes.get(at)?.callFrame.url ?? '';
      const found = stageFiles.find(([files]) => files.test(place));
      if (found !== undefined) return found[1];
    }
    return 'other';
  };
  for (const id of nodes.keys()) stageOf.set(id, find(id));
  const work: Partial<Record<Stage, number>> = {};
  profile.samples.forEach((id, i) => {
    const stage = stageOf.get(id);
    if (stage !== undefined) work[stage] = (work[stage] ?? 0) + (profile.timeDeltas[i + 1] ?? 0) / 1e6;
  });
  return work;
}

/** Shares of a main thread and its pool. */
export function stageShares(main: CpuProfile, pool: readonly CpuProfile[]): StageShares {
  const seconds = ({ startTime, endTime }: CpuProfile): number => (endTime - startTime) / 1e6;
  const busy = (profile: CpuProfile): number => total(workByStage(profile)) / seconds(profile);
  const sum: Partial<Record<Stage, number>> = {};
  for (const profile of pool) {
    for (const stage of stages) {
      const work = workByStage(profile)[stage];
      if (work !== undefined) sum[stage] = (sum[stage] ?? 0) + work;
    }
  }
  return {
    mainBusy: busy(main),
    poolBusy: Math.max(0, ...pool.map(busy)),
    main: workByStage(main),
    pool: sum,
  };
}

/** A thread that works so much of the time has nothing left to give. */
const busyMin = 0.8;

/** What holds a run back, in words, by how busy its threads are and with what. */
export function heldBackBy({ mainBusy, poolBusy, main, pool }: StageShares): string {
  const [side, busy, work] =
    mainBusy >= poolBusy ? (['main thread', mainBusy, main] as const) : (['pool threads', poolBusy, pool] as const);
  const list = stages
    .map((stage) => [stage, work[stage] ?? 0] as const)
    .filter(([, seconds]) => seconds > 0)
    .sort(([, a], [, b]) => b - a);
  const all = total(work);
  const parts = list.slice(0, 3).map(([stage, seconds]) => `${stage} ${percent(seconds / all)}`);
  const first = list.find(([stage]) => stage !== 'other')?.[0] ?? 'other';
  const text = `${first} (${side} busy ${percent(busy)} of the time: ${parts.join(', ')})`;
  return busy >= busyMin ? text : `no single thread: the busiest is ${text}; the cores or the producer are the limit`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function total(work: Partial<Record<Stage, number>>): number {
  return Object.values(work).reduce((sum, seconds) => sum + seconds, 0);
}
