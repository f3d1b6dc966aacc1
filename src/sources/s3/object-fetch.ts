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
  /** How long an answer may say nothing before it is given up and asked for again. Default: 15 s. */
  readonly silenceMsMax?: number;
}

const firstPauseMs = 100;
const pauseMsMax = 2000;
/** Failures in a row that are nobody's business: a broken connection is replaced at once. */
const quietFailures = 3;

/**
 * Fetches stretches of one object, all of the version that the first one was of. What a broken connection has not
 * brought is asked for again, until no byte has come for a minute; what will not heal fails at once.
 */
export class ObjectFetch {
  readonly #source: RangeSource;
  readonly #warn: WarnInput;
  readonly #outageMsMax: number;
  readonly #silenceMsMax: number;
  #hasAnswered = false;
  #version: string | undefined;
  #failures = 0;
  #failingSinceMs: number | undefined;

  constructor(source: RangeSource, options: FetchOptions) {
    this.#source = source;
    this.#warn = options.warn;
    this.#outageMsMax = options.outageMsMax ?? 60_000;
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
    for (let first = range.first; first <= range.last;) {
      try {
        const answer = await this.#source.get({ first, last: range.last }, this.#version, signal);
        this.#settleVersion(answer);
        for await (const bytes of this.#unlessSilent(answer)) {
          sink(bytes);
          first += bytes.length;
        }
        if (first <= range.last) throw new S3AnswerError('the connection broke', { isTransient: true });
      } catch (error) {
        signal.throwIfAborted();
        await this.#pauseAfter(error, first, signal);
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
        this.#failures = 0;
        this.#failingSinceMs = undefined;
        yield bytes;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #pauseAfter(error: unknown, offset: number, signal: AbortSignal): Promise<void> {
    const { name } = this.#source;
    const problem = this.#source.explain(error);
    if (problem === undefined) throw error;
    const nowMs = performance.now();
    this.#failingSinceMs ??= nowMs;
    if (!problem.isTransient || nowMs - this.#failingSinceMs >= this.#outageMsMax) {
      throw inputError(name, `at offset ${offset}: ${problem.text}`, error);
    }
    this.#failures++;
    if (this.#failures === quietFailures) {
      const message = `${name}: ${problem.text}; trying again for ${this.#outageMsMax / 1000} s`;
      this.#warn({ source: name, message });
    }
    const pauseMs = Math.min(firstPauseMs * 2 ** (this.#failures - 1), pauseMsMax);
    await delay(pauseMs, undefined, { signal });
  }
}
