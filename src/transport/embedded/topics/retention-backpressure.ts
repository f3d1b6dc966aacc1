import { DtstreamError } from '../../../errors.js';
import type { Held } from './retention.js';
import type { CommitNotifier } from '../commit-notifier.js';

/** How long a full topic is waited for, and what ends the wait. */
export class RetentionBackpressure {
  readonly #notifier: CommitNotifier;
  readonly #groupsName: string;
  readonly #waitMs: number;

  /** @param groupsName the environment whose commits may free a topic */
  constructor(notifier: CommitNotifier, groupsName: string, waitMs: number) {
    this.#notifier = notifier;
    this.#groupsName = groupsName;
    this.#waitMs = waitMs;
  }

  /**
   * Calls `attempt` until no group holds it up.
   *
   * @param signal ends the wait early, with the same error
   * @throws DtstreamError `limit` naming the group and how far it is
   */
  async until(attempt: () => Held | undefined, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    for (;;) {
      const held = attempt();
      if (!held) return;
      const waitedMs = performance.now() - start;
      if (waitedMs >= this.#waitMs || signal.aborted) throw full(held, waitedMs);
      await this.#notifier.wait(this.#groupsName, this.#waitMs - waitedMs, signal);
    }
  }
}

function full({ topic, group, partition, offset, end }: Held, waitedMs: number): DtstreamError {
  return new DtstreamError(
    'limit',
    `cannot append to ${topic.topic}: the topic is full (${topic.retentionBytes} bytes), and after ` +
      `${(waitedMs / 1000).toFixed(1)} s group ${group} still needs partition ${partition} from offset ${offset}, ` +
      `${end - offset} records before its end`,
    { retryable: true },
  );
}
