import type { BatchMessage } from '../../domain/batch-message.js';
import { messageSchemaVersion } from '../../domain/message-version.js';
import type { QualityEvent } from '../../quality/events.js';
import type { Quality } from '../../quality/quality.js';
import { forgetGroup, groupOf, noteMessage, type Producers } from '../../results/producers.js';
import type { Console } from '../console/console.js';

/** Past histories that are remembered. */
const pastHistoriesMax = 1024;

export interface QualityFeedOptions {
  readonly console: Pick<Console, 'logLine'>;
  /** Makes the tests at the start, and again when the group begins anew. */
  readonly makeQuality: () => Quality;
  /** What `physics.geometry` of messages must be. */
  readonly geometryHash: string;
  /** How long a lane may send nothing until it is no longer waited for, in ms. */
  readonly idleMs: number;
}

/** Feeds the messages of a group to the tests of quality: each once, from the newest history, and with the reader's clock. */
export class QualityFeed {
  readonly #options: QualityFeedOptions;
  readonly #producers: Producers = new Map();
  readonly #pastHistories: string[] = [];
  readonly #said = new Set<string>();
  #quality: Quality;
  #group: string | undefined;
  #lanes: readonly string[] = [];
  /** When lanes sent something last, ms of the clock of the reader; since when the others are waited for. */
  readonly #seenMs = new Map<string, number>();
  #newestMs: number | undefined;
  #sinceMs = 0;
  readonly #idle = new Set<string>();
  #misfit: string | undefined;

  constructor(options: QualityFeedOptions) {
    this.#options = options;
    this.#quality = options.makeQuality();
  }

  get quality(): Quality {
    return this.#quality;
  }

  /** Undefined before the first message. */
  get group(): string | undefined {
    return this.#group;
  }

  /** Why the newest message cannot be judged; undefined where it can. */
  get misfit(): string | undefined {
    return this.#misfit;
  }

  /** Takes the next message. @param nowMs of a clock that only rises; absent = it was there before */
  take(message: BatchMessage, nowMs?: number): QualityEvent[] {
    if (!this.#isNew(message)) return [];
    this.#noteMisfit(message);
    const { producer, lanes } = message;
    this.#group = groupOf(producer);
    if (this.#lanes.length !== lanes) {
      this.#lanes = Array.from({ length: lanes }, (_, lane) => `${this.#group}/${lane}`);
    }
    if (nowMs !== undefined) {
      this.#seenMs.set(producer, nowMs);
      this.#newestMs = nowMs;
    }
    this.#idle.delete(producer);
    return this.#quality.add(message);
  }

  /** From now on lanes are expected to send. */
  goLive(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** Lets the time pass: of a lane that is silent nothing is waited for. */
  tick(nowMs: number): QualityEvent[] {
    const { idleMs } = this.#options;
    if (this.#lanes.length < 2) return [];
    return this.#lanes.flatMap((lane) => {
      const seenMs = this.#seenMs.get(lane) ?? this.#sinceMs;
      const isSilent = this.#newestMs !== undefined && this.#newestMs - seenMs >= idleMs;
      const events = isSilent ? this.#quality.laneSilent(lane, idleMs / 1000) : [];
      if (nowMs - seenMs < idleMs || this.#idle.has(lane)) return events;
      this.#idle.add(lane);
      return [...events, ...this.#quality.laneIdle(lane)];
    });
  }

  /** No more messages come. */
  end(): QualityEvent[] {
    return this.#lanes.flatMap((lane) => this.#quality.laneIdle(lane));
  }

  /** The messages so far are of a log that is gone. */
  beginAnew(): void {
    this.#producers.clear();
    this.#quality = this.#options.makeQuality();
    this.#seenMs.clear();
    this.#idle.clear();
    this.#newestMs = undefined;
  }

  #isNew(message: BatchMessage): boolean {
    const { history, producer } = message;
    if (history !== undefined && this.#pastHistories.includes(history)) return false;
    const novelty = noteMessage(this.#producers, message);
    if (novelty !== 'anew') return novelty !== 'duplicate';
    for (const { last } of forgetGroup(this.#producers, producer).values()) {
      if (last.history !== undefined) this.#pastHistories.push(last.history);
    }
    this.#pastHistories.splice(0, this.#pastHistories.length - pastHistoriesMax);
    this.#options.console.logLine(`group ${groupOf(producer)} begins anew: so do all states`, 'warn');
    this.beginAnew();
    noteMessage(this.#producers, message);
    return true;
  }

  #noteMisfit(message: BatchMessage): void {
    if (message.schema > messageSchemaVersion) {
      this.#sayOnce('messages are of a newer version of dtstream: parts may be missing');
    }
    this.#misfit = misfitOf(message, this.#options.geometryHash);
    if (this.#misfit !== undefined) this.#sayOnce(this.#misfit);
  }

  #sayOnce(text: string): void {
    if (this.#said.has(text) || this.#said.size > 100) return;
    this.#said.add(text);
    this.#options.console.logLine(text, 'warn');
  }
}

function misfitOf({ physics }: BatchMessage, hash: string): string | undefined {
  if (physics === null)
    return 'physics is null, as where lanes share slots (rows not keyed by orbit): tests have no data';
  if (physics === undefined) {
    return 'messages without physics (process --physics off, or an older version): tests have no data';
  }
  if (physics.geometry === hash) return undefined;
  const rule = `the messages are of configuration ${physics.geometry}, and this one is ${hash}`;
  return `${rule}: give that of process with --config; until then tests have no data`;
}
