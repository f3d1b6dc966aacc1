import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of all objects that can still be reached, but not of shared buffers. */
export function reachableBytes(): number {
  // What the first collection finalizes goes with the second.
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
