import { setImmediate } from 'node:timers/promises';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { formatHit } from '../../../src/domain/hit.js';
import { decodeWord, wordBytes } from '../../../src/domain/word.js';
import type { ProduceClock } from '../../../src/pipeline/produce/produce.js';
import type { ProduceInput, RowSource } from '../../../src/pipeline/produce/row-source.js';
import {
  type Headers,
  type LogWriter,
  type OutgoingBatch,
  type ResumePoint,
  contentTypes,
  headerNames,
} from '../../../src/transport/transport.js';
import { classify } from '../../model/classify.js';

/** A message as a reader of the topic sees it. */
export interface SeenMessage {
  readonly partition: number;
  readonly headers: Headers;
  /** Text of each row without its line end, Latin-1; a word is the line that it stands for. */
  readonly rows: readonly string[];
  readonly value: Buffer;
}

/** Time where it does not matter. */
export const realClock: ProduceClock = {
  now: () => performance.now(),
  sleep: () => setImmediate(),
  awakeNow: () => performance.now(),
};

/** A log in memory that keeps copies of what it is given, and fails at the given append. */
export class MemoryWriter implements LogWriter {
  readonly appends: SeenMessage[][] = [];
  resume: ResumePoint | undefined;
  readonly #failAt: number;
  readonly #onAppend: (rows: number) => void | Promise<void>;

  constructor(options: { failAt?: number; onAppend?: (rows: number) => void | Promise<void> } = {}) {
    this.#failAt = options.failAt ?? Infinity;
    this.#onAppend = options.onAppend ?? (() => undefined);
  }

  get messages(): readonly SeenMessage[] {
    return this.appends.flat();
  }

  async append(batches: readonly OutgoingBatch[], resume?: ResumePoint): Promise<void> {
    if (this.appends.length === this.#failAt) throw new Error('killed');
    const seen = batches.flatMap(messagesOf);
    this.appends.push(seen);
    if (resume !== undefined) this.resume = resume;
    await this.#onAppend(seen.reduce((sum, { rows }) => sum + rows.length, 0));
  }

  resumePoint(): Promise<ResumePoint | undefined> {
    return Promise.resolve(this.resume);
  }

  peekResumePoint(): Promise<ResumePoint | undefined> {
    return Promise.resolve(this.resume);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The messages of a batch. */
export function messagesOf({ partition, headers, values, valueEnds }: OutgoingBatch): SeenMessage[] {
  return Array.from(valueEnds, (end, index) => {
    const value = Buffer.from(values.slice(index === 0 ? 0 : valueEnds[index - 1], end));
    const isWords = headers[headerNames.contentType] === contentTypes.words;
    return { partition, headers, value, rows: isWords ? textsOfWords(value) : textsOfLines(value) };
  });
}

/** Rows of CSV text: lines without LF or CRLF that are neither blank nor a header. */
export function textsOfLines(bytes: Uint8Array): string[] {
  return Buffer.from(bytes)
    .toString('latin1')
    .split('\n')
    .filter((line) => classify(line, defaultGeometry).kind !== 'none')
    .map((line) => line.replace(/\r$/, ''));
}

export function textsOfWords(bytes: Uint8Array): string[] {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  return Array.from({ length: bytes.length / wordBytes }, (_, index) => formatHit(decodeWord(view, index * wordBytes)));
}

/** Content of a source in memory. */
export interface MemoryFile {
  readonly format: 'csv' | 'words';
  readonly bytes: Uint8Array;
}

/** Files in memory as an input, read in pieces of the given sizes, again and again. */
export function memoryInput(
  files: readonly MemoryFile[],
  options: { sizes?: readonly number[]; canOpenAt?: boolean; isLive?: boolean } = {},
): ProduceInput {
  return {
    identity: 'memory',
    isLive: options.isLive ?? false,
    async *open(from) {
      for (const [index, file] of files.entries()) {
        if (from !== undefined && index < from.index) continue;
        const isInside = from?.index === index && from.offset !== undefined;
        const offset = isInside ? (from.offset ?? 0) : 0;
        yield await Promise.resolve({
          source: memorySource(file, offset, options.sizes ?? [65_536]),
          place: { index, id: `file ${index}`, before: '' },
          rowsBefore: isInside ? from.rows - 1 : 0,
          offset: options.canOpenAt === true ? offset : undefined,
        });
      }
    },
  };
}

function memorySource({ format, bytes }: MemoryFile, offset: number, sizes: readonly number[]): RowSource {
  let at = offset;
  let turn = 0;
  return {
    name: 'memory',
    format,
    get bytesDone() {
      return at;
    },
    read(target) {
      const part = bytes.subarray(at, at + Math.min(target.length, sizes[turn++ % sizes.length]));
      target.set(part);
      at += part.length;
      return Promise.resolve(part.length);
    },
    close: () => Promise.resolve(),
  };
}
