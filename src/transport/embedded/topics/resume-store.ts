import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { DtstreamError } from '../../../errors.js';
import type { ResumePoint } from '../../transport.js';
import { isRunning, ownIdentity, type ProcessIdentity, processIdentitySchema } from '../door/process-identity.js';
import type { ReadView, WriteView } from '../store/store-env.js';
import { resumeKey } from '../store/store-keys.js';
import { readStored } from '../store/stored-value.js';
import type { TopicRecord } from './topic-log.js';

/** A resume point as it is stored; those of older versions are without the optional keys. */
const schema = z.object({
  input: z.string(),
  state: z.string(),
  /** Which writer has stored it, by a name of its own, and of which process. */
  writer: z.string().optional(),
  process: processIdentitySchema.optional(),
  /** Whether that writer continues from a point that it has read, so that no other may write in between. */
  resumes: z.boolean().optional(),
});
type StoredPoint = z.infer<typeof schema>;

/**
 * The positions of one writer in its inputs. A writer that has read a position continues only from there: each append
 * checks, in its transaction, whether another writer has moved it. A writer that has read none may write an input again
 * beside others that have read none, so its rows come twice; it ends when another writer resumes from its position.
 */
export class ResumeStore {
  readonly #topic: TopicRecord;
  readonly #writer = randomUUID();
  /** The stored position of an input as this writer has left or found it: '' = none. */
  readonly #seen = new Map<string, string>();
  readonly #resumed = new Set<string>();
  readonly #written = new Map<string, string>();

  constructor(topic: TopicRecord) {
    this.#topic = topic;
  }

  /**
   * Reads how far an input was written.
   *
   * @throws DtstreamError `fenced` when a process that is running writes it
   */
  read(view: ReadView, input: string): ResumePoint | undefined {
    const value = view.get(this.#key(input));
    this.#seen.set(input, value?.toString() ?? '');
    this.#resumed.add(input);
    if (value === undefined) return undefined;
    const { state, process: owner } = this.#parse(input, value);
    if (owner !== undefined && owner.pid !== process.pid && isRunning(owner)) throw this.#taken(input, owner);
    return { input, state };
  }

  /** Reads how far an input was written, whoever writes it, without continuing from there. */
  peek(view: ReadView, input: string): ResumePoint | undefined {
    const value = view.get(this.#key(input));
    return value && { input, state: this.#parse(input, value).state };
  }

  /**
   * Stores how far an input was written with the records of the same transaction, which {@link committed} follows.
   *
   * @throws DtstreamError `fenced` when another writer has come between
   */
  write(view: WriteView, { input, state }: ResumePoint): void {
    const key = this.#key(input);
    const found = view.get(key);
    const seen = this.#seen.get(input);
    if (seen !== undefined && seen !== (found?.toString() ?? '')) {
      const foreign = found && this.#parse(input, found);
      if (this.#resumed.has(input) || foreign?.resumes === true) throw this.#taken(input, foreign?.process);
    }
    const point: StoredPoint = {
      input,
      state,
      writer: this.#writer,
      process: ownIdentity(),
      resumes: this.#resumed.has(input),
    };
    const text = JSON.stringify(point);
    view.put(key, Buffer.from(text));
    this.#written.set(input, text);
  }

  /** Called after the commit of the last calls of {@link write}. */
  committed(): void {
    for (const [input, text] of this.#written) this.#seen.set(input, text);
    this.#written.clear();
  }

  #key(input: string): Buffer {
    return resumeKey(this.#topic.id, createHash('sha256').update(input).digest());
  }

  #parse(input: string, value: Uint8Array): StoredPoint {
    return readStored(`how far ${input} was written`, value, schema);
  }

  #taken(input: string, owner: ProcessIdentity | undefined): DtstreamError {
    const who = owner === undefined ? '' : ` (process ${owner.pid})`;
    const rule = `another produce is writing this input${who}; only one may do so`;
    return new DtstreamError('fenced', `cannot write ${input} to ${this.#topic.topic}: ${rule}`);
  }
}
