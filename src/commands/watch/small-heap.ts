import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often it is looked at. */
const everyMs = 30_000;
/** Growth of the heap from which its garbage is collected: a screen leaves so much in some minutes. */
const growthBytes = 8 << 20;

/**
 * Keeps the heap of a process that runs for days small, at the cost of a pause of 30 ms now and then. Left alone, V8 keeps
 * the young generation that reading the past has needed, and lets garbage of the old one stand until there are 100 MB.
 *
 * @returns ends it
 */
export function keepHeapSmall(): () => void {
  // The young generation stays as it is now; flags of V8 that it does not know have no effect.
  setFlagsFromString('--semi-space-growth-factor=1');
  const collect = collector();
  if (collect === undefined) return () => undefined;
  let leastBytes = process.memoryUsage().heapTotal;
  const timer = setInterval(() => {
    if (process.memoryUsage().heapTotal < leastBytes + growthBytes) return;
    collect();
    leastBytes = process.memoryUsage().heapTotal;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** What `--expose-gc` gives, which a program cannot be asked to be started with. */
function collector(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  return typeof found === 'function' ? () => void Reflect.apply(found, undefined, []) : undefined;
}
