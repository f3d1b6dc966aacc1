import { setTimeout as delay } from 'node:timers/promises';
import { type WarnInput, inputError } from '../input-error.js';
import { S3AnswerError, type S3Problem, replaced } from './s3-error.js';
import type { ByteRange, RangeAnswer } from './s3-store.js';

/** An object that gives stretches of itself. */
export interface RangeSource {
  readonly name: string;
  readonly size: number;
  /**
   * @param version that it must still be, where one is known
   * @throws what {@link explain} explains
   */
  get(range: ByteRange, version: string | undefined, signal: AbortSignal): Promise<RangeAnswer>;
  /** Undefined = not a failure of the object's server. */
  explain(error: unknown): S3Problem | undefined;
}

export interface FetchOptions {
  readonly warn: WarnInput;
  /** How long no byte may come before that is a failure. Default: 60 s. */
  readonly outageMsMax?: number;
  /** How long no byte may come before that is said: a broken connection is replaced at once. Default: 1 s. */
  readonly quietMsMax?: number;
  /** How long an answer may say nothing before it is given up and asked for again. Default: 15 s. */
  readonly silenceMsMax?: number;
}

const firstPauseMs = 100;
const pauseMsMax = 2000;

/**
 * Fetches stretches of one object, all of the version that the first one was of. What a broken connection has not
 * brought is asked for again, until no byte has come for a minute; what will not heal fails at once.
 */
export class ObjectFetch {
  readonly #source: RangeSource;
  readonly #warn: WarnInput;
  readonly #outageMsMax: number;
  readonly #quietMsMax: number;
  readonly #silenceMsMax: number;
  #hasAnswered = false;
  #version: string | undefined;
  /** Since when no byte has come of any stretch, and whether that was said. */
  #outage: { readonly sinceMs: number; isSaid: boolean } | undefined;

  constructor(source: RangeSource, options: FetchOptions) {
    this.#source = source;
    this.#warn = options.warn;
    this.#outageMsMax = options.outageMsMax ?? 60_000;
    this.#quietMsMax = options.quietMsMax ?? 1000;
    this.#silenceMsMax = options.silenceMsMax ?? 15_000;
  }

  /** Whether the version is settled: before that, one stretch at a time. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /**
   * @param sink gets the bytes, in order and each once; may not keep them
   * @throws DtstreamError `input` with the offset; the signal's reason when it aborts
   */
  async fetch(range: ByteRange, sink: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<void> {
    let failures = 0;
    for (let first = range.first; first <= range.last;) {
      try {
        const answer = await this.#source.get({ first, last: range.last }, this.#version, signal);
        this.#settleVersion(answer);
        for await (const bytes of this.#unlessSilent(answer)) {
          if (bytes.length > range.last + 1 - first) {
            throw new S3AnswerError('the server gave more bytes than it was asked for', { isTransient: false });
          }
          sink(bytes);
          first += bytes.length;
          failures = 0;
        }
        if (first <= range.last) throw new S3AnswerError('the connection broke', { isTransient: true });
      } catch (error) {
        signal.throwIfAborted();
        this.#judge(error, first);
        await delay(Math.min(firstPauseMs * 2 ** failures++, pauseMsMax), undefined, { signal });
      }
    }
  }

  #settleVersion({ version, body }: RangeAnswer): void {
    if (this.#hasAnswered && version !== this.#version) {
      body.destroy();
      throw new S3AnswerError(replaced, { isTransient: false });
    }
    this.#version = version;
    this.#hasAnswered = true;
  }

  /** The body's bytes; silence breaks it off. Nothing of it waits for anybody, so that silence is the other side's. */
  async *#unlessSilent({ body }: RangeAnswer): AsyncGenerator<Uint8Array, void, undefined> {
    const seconds = this.#silenceMsMax / 1000;
    const silence = new S3AnswerError(`the server said nothing for ${seconds} s`, { isTransient: true });
    const timer = setTimeout(() => body.destroy(silence), this.#silenceMsMax);
    try {
      for await (const bytes of body as AsyncIterable<Uint8Array>) {
        timer.refresh();
        this.#outage = undefined;
        yield bytes;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether it is worth to go on after a failure; throws where not. */
  #judge(error: unknown, offset: number): void {
    const { name } = this.#source;
    const problem = this.#source.explain(error);
    if (problem === undefined) throw error;
    this.#outage ??= { sinceMs: performance.now(), isSaid: false };
    const outageMs = performance.now() - this.#outage.sinceMs;
    if (!problem.isTransient || outageMs >= this.#outageMsMax) {
      throw inputError(name, `at offset ${offset}: ${problem.text}`, error);
    }
    if (this.#outage.isSaid || outageMs < this.#quietMsMax) return;
    this.#outage.isSaid = true;
    this.#warn({ source: name, message: `${name}: ${problem.text}; trying again for ${this.#outageMsMax / 1000} s` });
  }
}
