import { physicsOf } from '../../domain/physics-of.js';
import type { BatchMessage } from '../../domain/batch-message.js';
import { DtstreamError } from '../../errors.js';
import type { Quality } from '../../quality/quality.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import { ReferenceSum } from '../../quality/reference-of.js';
import { countOf } from '../console/plural.js';
import { forgetGroup, noteMessage, type Producers } from '../../results/producers.js';

export interface CollectOptions {
  /** Where messages are from, for words. */
  readonly name: string;
  /** `physics.geometry` of the configuration. */
  readonly geometryHash: string;
  /** Tests without a reference, which say what is not to be learned; of a new one for each. */
  readonly quality: () => Quality;
  /** Live seconds of the detector that are wanted; Infinity = all. */
  readonly forS: number;
  readonly say: (text: string) => void;
}

/**
 * Collects the messages of a reference. Each lane of a group counts the live time of the detector: of each, the messages
 * of the first seconds are taken, in whatever order the lanes are read.
 */
export class ReferenceCollector {
  readonly #options: CollectOptions;
  readonly #producers: Producers = new Map();
  readonly #liveS = new Map<string, number>();
  #lanes = 1;
  #sum: ReferenceSum;
  #quality: Quality;
  /** Messages without physics, and those that were no messages. */
  #withoutPhysics = 0;
  #unreadable = 0;
  #lost = 0;

  constructor(options: CollectOptions) {
    this.#options = options;
    this.#sum = new ReferenceSum(options.name);
    this.#quality = options.quality();
  }

  /** Takes a message, unless it came before or its lane has all that is wanted. @returns whether it is in the sums */
  add(message: BatchMessage): boolean {
    const novelty = noteMessage(this.#producers, message);
    if (novelty === 'duplicate') return false;
    if (novelty === 'anew') {
      this.#beginAnew(message.producer);
      noteMessage(this.#producers, message);
    }
    const { producer } = message;
    const physics = physicsOf(message);
    if (physics === undefined) {
      this.#withoutPhysics++;
      return false;
    }
    this.#checkGeometry(message, physics.geometry);
    this.#lanes = message.lanes;
    const liveS = this.#liveS.get(producer) ?? 0;
    if (liveS >= this.#options.forS) return false;
    this.#liveS.set(producer, liveS + physics.live_s);
    this.#sum.add(message);
    this.#quality.add(message);
    return true;
  }

  addUnreadable(): void {
    this.#unreadable++;
  }

  /** @param lost messages so far that were deleted before they were read */
  noteLost(lost: number): void {
    this.#lost = lost;
  }

  /** Live seconds of the detector so far, those of the lane that has the least. */
  get liveS(): number {
    return this.#liveS.size < this.#lanes ? 0 : Math.min(...this.#liveS.values());
  }

  get isComplete(): boolean {
    return this.liveS >= this.#options.forS;
  }

  /**
   * The reference of the messages so far, without channels that differ from their neighbours.
   *
   * @throws DtstreamError `input` where no message had physics
   */
  end(): QualityReference {
    const { say } = this.#options;
    if (this.#unreadable > 0) say(`${countOf(this.#unreadable, 'message')} could not be read: left out`);
    if (this.#lost > 0) say(`${countOf(this.#lost, 'message')} deleted by retention before they were read`);
    for (const { test, state, object } of this.#quality.states) {
      const { chamber, channel } = object;
      const isAlarm = state === 'ALARM' && (test === 'neighbour_low' || test === 'neighbour_high');
      if (isAlarm && chamber !== undefined && channel !== undefined) this.#sum.exclude({ chamber, channel });
    }
    const { reference } = this.#sum;
    if (reference !== undefined) {
      if (this.#withoutPhysics > 0) say(`${countOf(this.#withoutPhysics, 'message')} without physics: left out`);
      return reference;
    }
    const what =
      this.#withoutPhysics > 0 ? 'the messages have no physics (process --physics off)' : 'there is no message';
    throw new DtstreamError('input', `cannot make a reference: ${what}`);
  }

  #beginAnew(producer: string): void {
    this.#options.say('the group was reset: its earlier messages are left out');
    forgetGroup(this.#producers, producer);
    this.#liveS.clear();
    this.#sum = new ReferenceSum(this.#options.name);
    this.#quality = this.#options.quality();
  }

  #checkGeometry({ batch, producer }: BatchMessage, got: string): void {
    const { geometryHash } = this.#options;
    if (got === geometryHash) return;
    const advice = 'give the --config of process, or choose a part with --from and --to';
    throw new DtstreamError(
      'usage',
      `the message of ${producer} of ${batch.closed} is of another configuration (geometry ${got}; here ${geometryHash}): ${advice}`,
    );
  }
}
