import type { BatchMessage } from '../../domain/batch-message.js';

interface LitSlot {
  readonly rawSlot: number;
  readonly run: number;
}

/** The last slot with a row of the messages before a recount: the pause after it belongs to the recount's first one. */
export class LitBefore {
  #last: LitSlot | undefined;
  #before: LitSlot | undefined;
  /** Run of the first slot with a row in the recount. */
  #firstRun: number | undefined;

  /** As a raw slot; undefined when there is none in the run with which the recount begins. */
  get rawSlot(): number | undefined {
    return this.#before?.run === this.#firstRun ? this.#before?.rawSlot : undefined;
  }

  /** Nothing counts that was before. */
  beginAnew(): void {
    this.#last = undefined;
  }

  /** The next message is the first one of the recount. */
  recountFrom(): void {
    this.#before = this.#last;
    this.#firstRun = undefined;
  }

  add({ run, physics }: BatchMessage): void {
    const rawSlot = physics?.slots.last ?? undefined;
    if (rawSlot === undefined) return;
    this.#last = { rawSlot, run };
    this.#firstRun ??= run;
  }
}
