import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { isAbortOf } from '../../abort.js';
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
        const { body } = await this.#answer({ first, last: range.last }, signal);
        const timer = this.#breakOffWhenSilent(body);
        try {
          for await (const bytes of body as AsyncIterable<Uint8Array>) {
            if (bytes.length > range.last + 1 - first) throw permanent('the server gave more bytes than asked for');
            timer.refresh();
            sink(bytes);
            first += bytes.length;
            failures = 0;
            this.#outage = undefined;
          }
        } finally {
          clearTimeout(timer);
        }
        if (first <= range.last) throw transient('the connection broke');
      } catch (error) {
        // A broken connection is as good as an abort: there is no further request.
        if (isAbortOf(signal, error) || this.#source.explain(error)?.isTransient === true) signal.throwIfAborted();
        this.#judge(error, first);
        await delay(Math.min(firstPauseMs * 2 ** failures++, pauseMsMax), undefined, { signal });
      }
    }
  }

  /** Asks; the version of the first answer is that of all others. */
  async #answer(range: ByteRange, signal: AbortSignal): Promise<RangeAnswer> {
    const answer = await this.#source.get(range, this.#version, signal);
    if (this.#hasAnswered && answer.version !== this.#version) {
      answer.body.destroy();
      throw permanent(replaced);
    }
    this.#version = answer.version;
    this.#hasAnswered = true;
    return answer;
  }

  /** Nothing of a body waits for anybody here, so that silence is the other side's. */
  #breakOffWhenSilent(body: Readable): NodeJS.Timeout {
    const silence = transient(`the server said nothing for ${this.#silenceMsMax / 1000} s`);
    return setTimeout(() => body.destroy(silence), this.#silenceMsMax);
  }

  /** Whether to retry after a failure; throws if not. */
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

function transient(message: string): S3AnswerError {
  return new S3AnswerError(message, { isTransient: true });
}

function permanent(message: string): S3AnswerError {
  return new S3AnswerError(message, { isTransient: false });
}
