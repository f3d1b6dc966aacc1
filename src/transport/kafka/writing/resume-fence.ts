import { randomInt } from 'node:crypto';
import { DtstreamError } from '../../../errors.js';

/** What a group of resume points has committed: the offset only tells writers apart. */
export interface StoredResume {
  readonly offset: number;
  readonly metadata: string;
}

/** How often it is looked whether another writer has come between, at most: with every append would double the requests. */
const lookEveryMs = 1000;

/**
 * Notices that another writer resumes the same input. Kafka compares nothing at a commit, so rows may come twice until
 * then: those of about a second, and those of the appends under way.
 */
export class ResumeFence {
  /** Committed as the offset by this writer; one of older versions commits 0. */
  readonly mark = randomInt(1, 2 ** 47);
  /** The stored position as this writer has found or left it; empty metadata = none. */
  readonly #seen = new Map<string, StoredResume>();
  readonly #lookedMs = new Map<string, number>();

  /** Notes the position found for an input that this writer resumes. */
  found(input: string, stored: StoredResume | undefined): void {
    this.#seen.set(input, stored ?? { offset: 0, metadata: '' });
  }

  /** Whether {@link check} is due before the next append. */
  isDue(input: string, nowMs: number): boolean {
    return this.#seen.has(input) && nowMs - (this.#lookedMs.get(input) ?? -Infinity) >= lookEveryMs;
  }

  /**
   * @param stored the position stored now; undefined = none, as when the brokers have forgotten it
   * @throws DtstreamError `fenced` when another writer has stored it
   */
  check(topic: string, input: string, stored: StoredResume | undefined, nowMs: number): void {
    this.#lookedMs.set(input, nowMs);
    const seen = this.#seen.get(input);
    if (stored === undefined || seen === undefined) return;
    if (stored.offset === seen.offset && stored.metadata === seen.metadata) return;
    const rule = 'another produce is writing this input; only one may do so';
    throw new DtstreamError('fenced', `cannot write ${input} to ${topic}: ${rule}`);
  }

  /** Called after this writer has committed its position. */
  committed(input: string, metadata: string): void {
    if (this.#seen.has(input)) this.#seen.set(input, { offset: this.mark, metadata });
  }
}
