import type { BatchMessage } from '../../domain/batch-message.js';
import type { TakenOver } from './lane-history.js';

/** Progress of all lanes of a group, message by message, for any number of lanes. */
export class GroupPath {
  readonly #reached = new Map<number, number>();
  readonly #lanesSeen = new Set<number>();

  add({ lanes, input, lost = {} }: BatchMessage): void {
    this.#lanesSeen.add(lanes);
    for (const [partition, ranges] of Object.entries(lost)) {
      for (const [, to] of ranges) this.#reached.set(Number(partition), to);
    }
    for (const [partition, [, to]] of Object.entries(input)) this.#reached.set(Number(partition), to);
  }

  /** Where the group was before this message, if it had another number of lanes; `msg_ID` 0 takes nothing over. */
  before({ lanes, msg_ID }: BatchMessage): TakenOver | undefined {
    const hasChanged = [...this.#lanesSeen].some((other) => other !== lanes);
    return hasChanged && msg_ID > 0 ? (partition) => this.#reached.get(partition) : undefined;
  }
}
