import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often it is looked at. */
const everyMsDefault = 10_000;
/** The young generation may grow up to this: a smaller one is collected too often, a larger one is memory for nothing. */
const youngBytesMax = 8 << 20;
/** Growth of the heap from which its garbage is collected: a screen leaves so much in some minutes. */
const growthBytes = 8 << 20;

/**
 * Keeps the heap of a process that runs for days small, at the cost of a pause of 30 ms now and then. Left alone, V8 keeps
 * the young generation that reading the past has needed, and lets garbage of the old one stand until there are 100 MB.
 *
 * @returns ends it
 */
export function keepHeapSmall(everyMs = everyMsDefault): () => void {
  // Several threads cost more than they save: some hundred kB are copied once in a second.
  setFlagsFromString('--no-parallel-scavenge');
  limitYoung();
  const collect = collector();
  let leastBytes = process.memoryUsage().heapTotal;
  const timer = setInterval(() => {
    limitYoung();
    if (collect === undefined || process.memoryUsage().heapTotal < leastBytes + growthBytes) return;
    collect();
    leastBytes = process.memoryUsage().heapTotal;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** V8 makes the young generation smaller by itself, and does not know this limit but at its start. */
function limitYoung(): void {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  // Flags that V8 does not know have no effect.
  setFlagsFromString(`--semi-space-growth-factor=${(young?.space_size ?? 0) < youngBytesMax ? 2 : 1}`);
}

/** What `--expose-gc` gives, which a program cannot be asked to be started with. */
function collector(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  return typeof found === 'function' ? () => void Reflect.apply(found, undefined, []) : undefined;
}
