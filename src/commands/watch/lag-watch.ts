import type { ProcessLag } from '../../results/process-lag.js';
import type { Transport } from '../../transport/transport.js';
import { topicsReport } from '../topics/report.js';

/** How often it is looked how far the group is behind. */
const lookEveryMs = 1000;

/** Looks at the log for how far `process` is behind, while messages are read; one look at a time. */
export class LagWatch {
  #lookedMs = -Infinity;
  #isLooking = false;

  /**
   * @param groupOf name of the group whose messages are shown; undefined before the first
   * @param seen told what each look has found
   */
  constructor(
    private readonly groupOf: () => string | undefined,
    private readonly seen: (lag: ProcessLag) => void,
  ) {}

  /** Looks, unless it has just done so. Never waits, and never throws: a look that fails says that nothing is known. */
  look(log: Transport): void {
    const group = this.groupOf();
    const nowMs = performance.now();
    if (group === undefined || this.#isLooking || nowMs - this.#lookedMs < lookEveryMs) return;
    this.#isLooking = true;
    void lagOf(log, group)
      .catch(() => undefined)
      .then((found) => {
        this.#isLooking = false;
        this.#lookedMs = performance.now();
        this.seen({ records: found?.records, alive: found?.alive ?? false, seenMs: Date.now() });
      });
  }
}

/** Records of a group's topic that it has not read; undefined where there is no such group or topic. */
async function lagOf(log: Transport, name: string): Promise<Pick<ProcessLag, 'records' | 'alive'> | undefined> {
  const group = (await log.groups()).find((one) => one.group === name);
  if (group === undefined) return undefined;
  const topics = await log.topics([group.topic]);
  const report = topicsReport(log.name, topics, [group]).groups.find(({ partitions }) => partitions.length > 0);
  return report && { records: report.lag, alive: group.alive };
}
