import { DtstreamError } from '../../errors.js';
import { readMessage } from '../../results/incoming-message.js';
import { groupOf } from '../../results/producers.js';
import type { Console } from '../console/console.js';
import { groupNames, groupsNamedMax, severalGroups } from '../flags/one-group.js';
import type { MessageSink } from './follow.js';

/** The messages of one group: the one that was asked for, or the only one there is. */
export class OneGroup {
  /** Groups seen so far. */
  readonly #seen = new Set<string>();
  #isSaid = false;
  /** The first group that came, where none is wanted. */
  #first: string | undefined;
  /** Whether all messages of the start are read, of a log that is followed. */
  #hasCaughtUp = false;
  readonly #saidOthers = new Set<string>();

  /**
   * @param wanted undefined = the first one that comes, which must be the only one of those that are there at the start
   * @param isFollowed whether messages are waited for, so that the group may still come
   */
  constructor(
    private readonly console: Console,
    private readonly wanted: string | undefined,
    private readonly isFollowed: boolean,
  ) {}

  /**
   * Passes on the messages of the group. A message that cannot be read, or that names no producer, may be of this group
   * and is passed on.
   */
  sink(sink: MessageSink): MessageSink {
    return {
      take: async (value, arrival, read) => {
        const result = read ?? readMessage(value);
        const producer = 'message' in result ? result.message.producer : undefined;
        if (producer === undefined || this.isOurs(groupOf(producer))) await sink.take(value, arrival, result);
      },
      progress: (state) => {
        if (state.unread === 0) {
          this.#sayMissing();
          this.#hasCaughtUp = this.isFollowed && this.#first !== undefined;
        }
        return sink.progress(state);
      },
      waiting: (why) => sink.waiting(why),
      beginAnew: (why) => {
        this.#seen.clear();
        this.#first = undefined;
        this.#hasCaughtUp = false;
        return sink.beginAnew(why);
      },
    };
  }

  /** @throws DtstreamError `input` at the end of the messages when none is of the group that was asked for */
  assertSeen(): void {
    if (this.#isMissing)
      throw new DtstreamError('input', `no group ${this.wanted ?? ''}; there are: ${groupNames(this.#seen)}`);
  }

  /**
   * Whether messages of a group are passed on.
   *
   * @throws DtstreamError `usage` when there are several, and none was asked for
   */
  isOurs(group: string): boolean {
    if (this.#seen.size < groupsNamedMax || this.#seen.has(group)) this.#seen.add(group);
    if (this.wanted !== undefined) return group === this.wanted;
    this.#first ??= group;
    if (this.#seen.size === 1) return true;
    // A screen that is left on must not end because somebody else has begun to work.
    if (!this.#hasCaughtUp) throw severalGroups(this.#seen);
    this.#sayOther(group);
    return group === this.#first;
  }

  #sayOther(group: string): void {
    if (group === this.#first || this.#saidOthers.has(group) || this.#saidOthers.size >= groupsNamedMax) return;
    this.#saidOthers.add(group);
    const names = groupNames([group]);
    this.console.logLine(`group ${names} publishes here, too: showing ${groupNames([this.#first ?? ''])} only`, 'warn');
  }

  get #isMissing(): boolean {
    return this.wanted !== undefined && this.#seen.size > 0 && !this.#seen.has(this.wanted);
  }

  #sayMissing(): void {
    if (!this.isFollowed || this.#isSaid || !this.#isMissing) return;
    this.#isSaid = true;
    this.console.logLine(`no message of group ${this.wanted ?? ''} yet; there are: ${groupNames(this.#seen)}`, 'warn');
  }
}
