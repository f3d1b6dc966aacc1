import type { BatchMessage } from '../domain/batch-message.js';
import type { Geometry } from '../domain/geometry.js';
import type { Run } from '../domain/orbit-clock.js';
import type { BatchComputer, BatchTotals } from './batch-computer.js';
import type { Cut } from './cut.js';
import { buildMessage, type MessageFrame } from './message-builder.js';

/** What a publisher goes on from after a restart. */
export interface PublisherState {
  /** `msg_ID` of the next message. */
  readonly nextMessageId: number;
  /** Watermark of the last message. */
  readonly closed: number;
  /** `carried_out` of the last message. */
  readonly carried: number;
}

/** Whether messages list the active channels of each orbit: always, never, or where the message stays small. */
export type OrbitDetailMode = 'auto' | 'full' | 'none';

export interface PublisherOptions {
  readonly geometry: Geometry;
  /** `<group>/<lane>`. */
  readonly producer: string;
  readonly lanes: number;
  readonly detail: OrbitDetailMode;
  /**
   * Largest message in bytes of JSON; Infinity = no limit. A larger one loses its lists (`auto`) or is split on an
   * orbit border into several (`full`).
   */
  readonly messageBytesMax: number;
}

/** A message and its JSON, made when first asked for. */
export class PublishedMessage {
  #json: string | undefined;

  constructor(readonly message: BatchMessage) {}

  get json(): string {
    return (this.#json ??= JSON.stringify(this.message));
  }
}

/** Turns cuts into messages: one a run, in order, each with its balanced ledger. */
export class BatchPublisher {
  readonly #computer: BatchComputer;
  readonly #options: PublisherOptions;
  #state: PublisherState;

  constructor(
    computer: BatchComputer,
    options: PublisherOptions,
    state: PublisherState = { nextMessageId: 0, closed: 0, carried: 0 },
  ) {
    this.#computer = computer;
    this.#options = options;
    this.#state = state;
  }

  get state(): PublisherState {
    return this.#state;
  }

  /**
   * Computes a cut and returns its messages: none when nothing was read and nothing published, several when the
   * watermark passes the floor of a run. The first one carries the rows read.
   *
   * @param now reads the wall clock, ms since 1970
   */
  async publish(cut: Cut, runs: readonly Run[], openedMs: number, now: () => number): Promise<PublishedMessage[]> {
    const messages: PublishedMessage[] = [];
    const cutMs = now();
    const before = this.#state.closed;
    let rest = cut;
    const close = async (watermark: number, run: number, isLast: boolean): Promise<void> => {
      const closing = await this.#computer.close(rest.slices, {
        closed: this.#state.closed,
        watermark,
        detailMax: this.#detailMax(watermark),
      });
      const { totals } = closing;
      const message = this.#messageOf(rest, totals, { run, openedMs, cutMs, closedMs: now() });
      if (message === undefined) {
        await close(Math.floor((totals.orbitFirst + totals.orbitLast) / 2), run, false);
        await close(watermark, run, isLast);
        return;
      }
      closing.keep();
      this.#state = { ...this.#state, closed: watermark };
      rest = { ...rest, slices: rest.slices.map(() => []) };
      const isPublished = totals.orbits + totals.scintillator + totals.lateHits > 0;
      if (!isPublished && !(isLast && isRead(rest))) return;
      messages.push(message);
      const { msg_ID, ledger } = message.message;
      this.#state = { nextMessageId: msg_ID + 1, closed: watermark, carried: ledger.carried_out };
      rest = { ...rest, rowsRead: 0, kinds: new Uint32Array(rest.kinds.length), input: new Map() };
    };
    for (const { watermark, run, isLast } of stages(before, cut.watermark, runs)) await close(watermark, run, isLast);
    if (messages.length === 0) this.#state = { ...this.#state, closed: before };
    return messages;
  }

  /**
   * Takes the rows of a cut that were read again after a restart, publishing nothing.
   *
   * @returns how many hits and scintillator rows are open with them
   */
  async recover(cut: Cut): Promise<number> {
    const { closed } = this.#state;
    const closing = await this.#computer.close(cut.slices, { closed, watermark: closed, detailMax: 0 });
    closing.keep();
    return closing.totals.carried + cut.waiting;
  }

  /** The message of a stage, or undefined when it must be split. */
  #messageOf(
    cut: Cut,
    totals: BatchTotals,
    frame: Pick<MessageFrame, 'run' | 'openedMs' | 'cutMs' | 'closedMs'>,
  ): PublishedMessage | undefined {
    const { detail, messageBytesMax, ...options } = this.#options;
    const { nextMessageId, carried } = this.#state;
    const build = (orbitDetail: BatchMessage['orbit_detail']): PublishedMessage =>
      new PublishedMessage(
        buildMessage(cut, totals, { ...options, ...frame, messageId: nextMessageId, carriedIn: carried, orbitDetail }),
      );
    if (detail === 'none') return build('none');
    if (totals.detail !== undefined) {
      const message = build('full');
      if (messageBytesMax === Infinity || Buffer.byteLength(message.json) <= messageBytesMax) return message;
    }
    return detail === 'full' && totals.orbitLast > totals.orbitFirst ? undefined : build('omitted');
  }

  /** How many orbits a message can list at most, so that no more are collected in vain. */
  #detailMax(watermark: number): number {
    const { detail, messageBytesMax } = this.#options;
    return detail === 'none' ? 0 : messageBytesMax / orbitBytesMin(this.#state.closed, watermark);
  }
}

/** Bytes that an orbit in (closed, watermark] takes in a list at least, with its comma and its `1,`. */
function orbitBytesMin(closed: number, watermark: number): number {
  const first = closed % 2 ** 32;
  const wraps = watermark - closed + first >= 2 ** 32;
  return (wraps ? 1 : String(first).length) + 3;
}

/** Whether a cut reads anything for the first time; also a record without rows is read. */
function isRead({ input }: Cut): boolean {
  return [...input.values()].some(([from, to]) => to > from);
}

interface Stage {
  readonly watermark: number;
  readonly run: number;
  readonly isLast: boolean;
}

/** Watermarks on the way from one to another, one a run: the end of each run that it passes, then the last. */
function stages(closed: number, watermark: number, runs: readonly Run[]): Stage[] {
  const first = Math.max(
    0,
    runs.findLastIndex(({ floor }) => floor <= closed + 1),
  );
  const ahead = runs.slice(first + 1).filter(({ floor }) => floor <= watermark);
  const ends = [...ahead.map(({ floor }) => floor - 1), watermark];
  return ends.map((end, index) => ({
    watermark: end,
    run: runs[first + index]?.index ?? 0,
    isLast: index === ends.length - 1,
  }));
}
