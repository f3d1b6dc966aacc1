import type { BatchMessage } from '../../domain/batch-message.js';
import type { Geometry } from '../../domain/geometry.js';
import type { Run } from '../../domain/orbit-clock.js';
import { DtstreamError } from '../../errors.js';
import type { BatchComputer, BatchTotals } from './batch-computer.js';
import type { BatchInput } from '../order/batch-input.js';
import { buildMessage, type MessageFrame } from './message-builder.js';

/** Maximum number of open hits and scintillator rows: read, but not published, because their orbit is not closed. */
export const openHitsMax = 1_000_000;

/** State from which the assembler continues after a restart. */
export interface AssemblerState {
  /** `msg_ID` of the next message. */
  readonly nextMessageId: number;
  /** Watermark of the last message. */
  readonly closed: number;
  /** `carried_out` of the last message. */
  readonly carried: number;
}

/** Whether messages list the active channels of each orbit: always, never, or where the message stays small. */
export type OrbitDetailMode = 'auto' | 'full' | 'none';

export interface AssemblerOptions {
  readonly geometry: Geometry;
  /** `<group>/<lane>`. */
  readonly producer: string;
  readonly lanes: number;
  /** History that the messages belong to; absent = they are never continued. */
  readonly history?: string;
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

/** Turns cuts into messages: one per run, in order, each with its balanced ledger. */
export class MessageAssembler {
  readonly #computer: BatchComputer;
  readonly #options: AssemblerOptions;
  #state: AssemblerState;
  #carriedLost = 0;

  constructor(
    computer: BatchComputer,
    options: AssemblerOptions,
    state: AssemblerState = { nextMessageId: 0, closed: 0, carried: 0 },
  ) {
    this.#computer = computer;
    this.#options = options;
    this.#state = state;
  }

  get state(): AssemblerState {
    return this.#state;
  }

  /**
   * Computes a cut and returns its messages: none when nothing was read and nothing published, several when the
   * watermark passes the floor of a run. The first one carries the rows read.
   *
   * @param now reads the wall clock, ms since 1970
   */
  async publish(
    cut: BatchInput,
    runs: readonly Run[],
    openedMs: number,
    now: () => number,
  ): Promise<PublishedMessage[]> {
    const messages: PublishedMessage[] = [];
    const cutMs = now();
    const before = this.#state.closed;
    let rest = cut;
    const close = async (stage: Stage): Promise<void> => {
      const { watermark } = stage;
      const { closed } = this.#state;
      const closing = await this.#computer.close([
        { slices: rest.slices, closed, watermark, detailMax: this.#detailMax(closed, watermark) },
      ]);
      const [totals] = closing.totals;
      const message = this.#messageOf(rest, totals, { run: stage.run, openedMs, cutMs, closedMs: now() });
      if (message === undefined) {
        await close({ ...stage, watermark: Math.floor((totals.orbitFirst + totals.orbitLast) / 2), isLast: false });
        await close(stage);
        return;
      }
      closing.keep();
      rest = this.#accept(rest, totals, stage, message, messages);
    };
    for (const stage of stages(before, cut.watermark, runs)) await close(stage);
    if (messages.length === 0) this.#state = { ...this.#state, closed: before };
    return messages;
  }

  /**
   * The same for several cuts at once, each with rows read for the first time; only where messages are never split
   * ({@link AssemblerOptions.messageBytesMax} is Infinity).
   */
  async publishAll(
    cuts: readonly BatchInput[],
    runs: readonly Run[],
    openedMs: number,
    now: () => number,
  ): Promise<PublishedMessage[]> {
    let { closed } = this.#state;
    const steps = cuts.flatMap((cut) =>
      stages(closed, cut.watermark, runs).map((stage, index) => {
        const { watermark } = stage;
        const slices = index === 0 ? cut.slices : cut.slices.map(() => []);
        const step = { cut, stage, slices, closed, watermark, detailMax: this.#detailMax(closed, watermark) };
        closed = watermark;
        return step;
      }),
    );
    const cutMs = now();
    const closing = await this.#computer.close(steps);
    closing.keep();
    const closedMs = now();
    // Computed together, each took its share.
    const frame = { openedMs, closedMs, cutMs: closedMs - Math.round((closedMs - cutMs) / steps.length) };
    const messages: PublishedMessage[] = [];
    let rest = steps[0].cut;
    steps.forEach(({ cut, stage }, index) => {
      if (index > 0 && cut !== steps[index - 1].cut) rest = cut;
      const totals = closing.totals[index];
      const message = this.#messageOf(rest, totals, { ...frame, run: stage.run });
      if (message === undefined) throw new Error('a message without a limit must not be split');
      rest = this.#accept(rest, totals, stage, message, messages);
    });
    return messages;
  }

  /** Takes a stage's message unless it is empty; returns the rest of the cut for the next stage. */
  #accept(
    cut: BatchInput,
    totals: BatchTotals,
    { watermark, isLast }: Stage,
    message: PublishedMessage,
    messages: PublishedMessage[],
  ): BatchInput {
    this.#state = { ...this.#state, closed: watermark };
    const rest = { ...cut, slices: cut.slices.map(() => []) };
    const isPublished = totals.orbits + totals.scintillator + totals.lateHits > 0;
    if (!isPublished && !(isLast && (isRead(cut) || this.#carriedLost > 0))) return rest;
    this.#carriedLost = 0;
    messages.push(message);
    const { msg_ID, ledger } = message.message;
    this.#state = { nextMessageId: msg_ID + 1, closed: watermark, carried: ledger.carried_out };
    return { ...rest, rowsRead: 0, kinds: new Uint32Array(rest.kinds.length), input: new Map(), lost: new Map() };
  }

  /**
   * Takes the rows of a cut that were read again after a restart, publishing nothing.
   *
   * @returns how many hits and scintillator rows are open with them
   */
  async recover(cut: BatchInput): Promise<number> {
    const { closed } = this.#state;
    const closing = await this.#computer.close([{ slices: cut.slices, closed, watermark: closed, detailMax: 0 }]);
    closing.keep();
    return closing.totals[0].carried + cut.waiting;
  }

  /** Everything was published: what comes is compared with this watermark, as after a restart. */
  continueFrom(watermark: number): void {
    this.#state = { ...this.#state, closed: watermark };
  }

  /** Number of carried rows that cannot be read again; the next message reports it. */
  loseCarried(rows: number): void {
    this.#carriedLost = rows;
  }

  /** The message of a stage, or undefined when it must be split. */
  #messageOf(
    cut: BatchInput,
    totals: BatchTotals,
    frame: Pick<MessageFrame, 'run' | 'openedMs' | 'cutMs' | 'closedMs'>,
  ): PublishedMessage | undefined {
    const { detail, messageBytesMax, ...options } = this.#options;
    const { nextMessageId, carried } = this.#state;
    const build = (orbitDetail: BatchMessage['orbit_detail']): PublishedMessage =>
      new PublishedMessage(
        buildMessage(cut, totals, {
          ...options,
          ...frame,
          ...{ messageId: nextMessageId, carriedIn: carried, carriedLost: this.#carriedLost, orbitDetail },
        }),
      );
    if (detail === 'none') return build('none');
    if (totals.detail !== undefined) {
      const message = build('full');
      if (messageBytesMax === Infinity || Buffer.byteLength(message.json) <= messageBytesMax) return message;
    }
    return detail === 'full' && totals.orbitLast > totals.orbitFirst ? undefined : build('omitted');
  }

  /** How many orbits a message can list at most, so that no more are collected. */
  #detailMax(closed: number, watermark: number): number {
    const { detail, messageBytesMax } = this.#options;
    return detail === 'none' ? 0 : messageBytesMax / orbitBytesMin(closed, watermark);
  }
}

/** Bytes that an orbit in (closed, watermark] takes in a list at least, with its comma and its `1,`. */
function orbitBytesMin(closed: number, watermark: number): number {
  const first = closed % 2 ** 32;
  const wraps = watermark - closed + first >= 2 ** 32;
  return (wraps ? 1 : String(first).length) + 3;
}

/** Whether a cut reads anything for the first time; also a record without rows is read, and a hole must be said. */
function isRead({ input, lost }: BatchInput): boolean {
  return lost.size > 0 || [...input.values()].some(([from, to]) => to > from);
}

interface Stage {
  readonly watermark: number;
  readonly run: number;
  readonly isLast: boolean;
}

/** Watermarks on the way from one to another, one per run: the end of each run that it passes, then the last. */
function stages(closed: number, watermark: number, runs: readonly Run[]): Stage[] {
  const begun = runs.findLastIndex(({ baseOrbit }) => baseOrbit <= closed + 1);
  // Below the first run, unless that is run 0: a mark has opened it, and left room for the rows before.
  const current = begun >= 0 ? runs[begun].index : Math.max(0, (runs[0]?.index ?? 0) - 1);
  const ahead = runs.filter(({ index, baseOrbit }) => index > current && baseOrbit <= watermark);
  const numbers = [current, ...ahead.map(({ index }) => index)];
  const ends = [...ahead.map(({ baseOrbit }) => baseOrbit - 1), watermark];
  return ends.map((end, index) => ({ watermark: end, run: numbers[index], isLast: index === ends.length - 1 }));
}

/** More hits lie within the lateness than may be open. */
export function tooManyOpen(lateness: number): DtstreamError {
  return new DtstreamError(
    'limit',
    `cannot keep more than ${openHitsMax} hits open: --lateness ${lateness} holds them back, it must be smaller`,
  );
}
