import { orbitDetailBetween } from '../../compute/orbit-detail.js';
import type { BatchMessage } from '../../domain/batch-message.js';
import type { Geometry } from '../../domain/geometry.js';
import type { Run } from '../../domain/timeline.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { DtstreamError } from '../../errors.js';
import { slotEnd, slotOf } from '../../domain/slot.js';
import type { BatchTotals, Closing, Computer } from './batch-computer.js';
import type { BatchInput } from '../order/batch-input.js';
import { liveSlots } from './live-slots.js';
import { buildMessage, type MessageFrame, orbitLists } from './message-builder.js';
import { listBytes, messageParts } from './message-parts.js';
import { buildPhysics } from './physics-builder.js';
import { PublishedMessage } from './published-message.js';

/** Maximum number of open hits and scintillator rows: read, but not published, because their orbit is not closed. */
export const openHitsMax = 1_000_000;

/** Most messages that a batch is split into with `auto`. */
export const autoPartsMax = 16;

/** What the numbers of a part's message may take beyond those of the whole batch: counts of open rows, `msg_ID`. */
const partBytesMore = 200;

/** State from which the assembler continues after a restart. */
export interface AssemblerState {
  /** `msg_ID` of the next message. */
  readonly nextMessageId: number;
  /** Watermark of the last message. */
  readonly closed: number;
  /** `carried_out` of the last message. */
  readonly carried: number;
  /** Last slot with a row of the last message that had one, on the time line; absent before the first. */
  readonly lit?: number | undefined;
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
  /** Interval of batches; absent = rows alone decide. */
  readonly batchIntervalMs?: number;
  /** Orbits; Infinity = all, in any order. */
  readonly lateness: number;
  readonly detail: OrbitDetailMode;
  /** Of the physics that messages say; absent = none. */
  readonly plan?: PhysicsPlan | undefined;
  /**
   * Largest message in bytes of JSON; Infinity = no limit. A larger batch is split on borders of slots into several
   * messages; with `auto` into {@link autoPartsMax} at most, beyond which it loses its lists.
   */
  readonly messageBytesMax: number;
}

/** Turns cuts into messages: one per run, in order, each with its balanced ledger. */
export class MessageAssembler {
  readonly #computer: Computer;
  readonly #options: AssemblerOptions;
  #state: AssemblerState;
  #carriedLost = 0;
  /** Whether physics is null. */
  #hasSplitSlots = false;

  constructor(
    computer: Computer,
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
      const frame = { run: stage.run, runs, openedMs, cutMs };
      const parts = this.#partsOf(rest, totals, { ...frame, closedMs: now() });
      if (parts === undefined) {
        await close({ ...stage, watermark: slotEnd(middleSlot(totals)), isLast: false });
        await close(stage);
      } else if (parts.length === 1) {
        closing.keep();
        const message = this.#build(rest, totals, { ...frame, closedMs: now() }, parts[0].orbitDetail);
        rest = this.#accept(rest, totals, stage, message, messages);
      } else {
        const steps = stepsOf(parts, rest, { closed, watermark });
        const split = await this.#computer.close(steps);
        split.keep();
        for (const [index, sums] of split.totals.entries()) {
          const partTotals = { ...sums, detail: detailOfPart(totals, steps[index]) };
          const isLast = stage.isLast && index === parts.length - 1;
          const part = { ...stage, watermark: steps[index].watermark, isLast };
          const message = this.#build(rest, partTotals, { ...frame, closedMs: now() }, parts[index].orbitDetail);
          rest = this.#accept(rest, partTotals, part, message, messages);
        }
      }
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
    const frame = { runs, openedMs, closedMs, cutMs: closedMs - Math.round((closedMs - cutMs) / steps.length) };
    const messages: PublishedMessage[] = [];
    let rest = steps[0].cut;
    steps.forEach(({ cut, stage }, index) => {
      if (index > 0 && cut !== steps[index - 1].cut) rest = cut;
      const totals = closing.totals[index];
      const detail = this.#options.detail === 'none' ? 'none' : 'full';
      const message = this.#build(rest, totals, { ...frame, run: stage.run }, detail);
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
    const { msg_ID, ledger } = message.head;
    const { litLast: lit } = message;
    this.#state = { nextMessageId: msg_ID + 1, closed: watermark, carried: ledger.carried_out, lit };
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

  /** Rows are not keyed by slot: other lanes may have the rest of an orbit. */
  splitSlots(): void {
    this.#hasSplitSlots = this.#options.lanes > 1;
  }

  /** Number of carried rows that cannot be read again; the next message reports it. */
  loseCarried(rows: number): void {
    this.#carriedLost = rows;
  }

  #build(
    cut: BatchInput,
    totals: BatchTotals,
    frame: StageFrame,
    orbitDetail: BatchMessage['orbit_detail'],
  ): PublishedMessage {
    const { nextMessageId, carried, lit } = this.#state;
    const { plan } = this.#options;
    const run = frame.runs.find(({ index }) => index === frame.run);
    const slots = plan && liveSlots(totals.physics.slots, { lit, run, plan });
    const physics = plan && slots && (this.#hasSplitSlots ? null : buildPhysics(plan, totals.physics, slots));
    const numbers = { messageId: nextMessageId, carriedIn: carried, carriedLost: this.#carriedLost };
    return new PublishedMessage(
      buildMessage(cut, totals, { ...this.#options, ...frame, ...numbers, orbitDetail, physics }),
      orbitDetail === 'full' ? orbitLists(totals, this.#options.geometry) : [],
      slots === undefined ? lit : slots.litLast,
    );
  }

  /** The messages that a stage becomes; undefined = it must be halved first, its lists are too long to be looked at. */
  #partsOf(cut: BatchInput, totals: BatchTotals, frame: StageFrame): readonly Part[] | undefined {
    const { detail, messageBytesMax } = this.#options;
    if (detail === 'none') return [{ lastSlot: Infinity, orbitDetail: 'none' }];
    if (messageBytesMax === Infinity) return [{ lastSlot: Infinity, orbitDetail: 'full' }];
    const { orbitFirst, orbitLast } = totals;
    const omitted: Part[] = [{ lastSlot: Infinity, orbitDetail: 'omitted' }];
    if (totals.detail === undefined || orbitLast - orbitFirst >= 2 ** 32) {
      return detail === 'full' && slotOf(orbitFirst) < slotOf(orbitLast) ? undefined : omitted;
    }
    const lists = listBytes(totals.detail, orbitFirst);
    const restBytes = this.#build(cut, totals, frame, 'none').bytes.length;
    if (restBytes + lists.total <= messageBytesMax) return [{ lastSlot: Infinity, orbitDetail: 'full' }];
    const parts = messageParts(lists.bySlot, messageBytesMax - restBytes - partBytesMore);
    if (detail === 'auto' && parts.length > autoPartsMax) return omitted;
    return parts.map(({ lastSlot, isListed }) => ({ lastSlot, orbitDetail: isListed ? 'full' : 'omitted' }));
  }

  /** How many orbits the messages of a batch can list at most, so that no more are collected. */
  #detailMax(closed: number, watermark: number): number {
    const { detail, messageBytesMax } = this.#options;
    return detail === 'none' ? 0 : (autoPartsMax * messageBytesMax) / orbitBytesMin(closed, watermark);
  }
}

type StageFrame = Pick<MessageFrame, 'run' | 'openedMs' | 'cutMs' | 'closedMs'> & { readonly runs: readonly Run[] };

/** A message of a stage: its last slot, and whether it lists orbits. */
interface Part {
  readonly lastSlot: number;
  readonly orbitDetail: BatchMessage['orbit_detail'];
}

/** One batch per part, without lists; the first one takes the hits that were read, and each takes over what the one before leaves. */
function stepsOf(
  parts: readonly Part[],
  cut: BatchInput,
  stage: { readonly closed: number; readonly watermark: number },
): Closing[] {
  let { closed } = stage;
  return parts.map(({ lastSlot }, index) => {
    const watermark = index === parts.length - 1 ? stage.watermark : slotEnd(lastSlot);
    const slices = index === 0 ? cut.slices : cut.slices.map(() => []);
    const step = { slices, closed, watermark, detailMax: 0 };
    closed = watermark;
    return step;
  });
}

/** What a part lists of what its batch does. */
function detailOfPart(
  { detail, orbitFirst, orbitLast }: BatchTotals,
  { closed, watermark }: Closing,
): BatchTotals['detail'] {
  const [first, last] = [Math.max(orbitFirst, closed + 1), Math.min(orbitLast, watermark)];
  return detail?.map((lists) => lists.flatMap((list) => orbitDetailBetween(list, first, last)));
}

/** The slot after which a batch of several is halved. */
function middleSlot({ orbitFirst, orbitLast }: BatchTotals): number {
  return Math.floor((slotOf(orbitFirst) + slotOf(orbitLast) - 1) / 2);
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
    `cannot keep more than ${openHitsMax} hits open: --lateness ${lateness} holds them back, it must be smaller, or all for an input with an end`,
  );
}
