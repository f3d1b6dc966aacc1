import type { CsvLayout } from '../domain/csv-layout.js';
import type { ByteReader, OpenFile } from './byte-reader.js';
import type { HitSource, SourceFormat } from './hit-source.js';

/** What a stack of readers gives, as a source. */
export class ReaderSource implements HitSource {
  readonly name: string;
  readonly format: SourceFormat;
  readonly layout: CsvLayout | undefined;
  readonly linesBefore: number;
  readonly file: OpenFile | undefined;
  readonly #reader: ByteReader & { readonly givesOwnBytes?: boolean };
  readonly #offset: number | undefined;
  readonly #signal: AbortSignal | undefined;

  constructor(
    name: string,
    content: {
      readonly format: SourceFormat;
      readonly layout?: CsvLayout | undefined;
      readonly linesBefore?: number;
      readonly reader: ByteReader & { readonly givesOwnBytes?: boolean };
      readonly offset: number | undefined;
      readonly file?: OpenFile | undefined;
      readonly signal: AbortSignal | undefined;
    },
  ) {
    this.name = name;
    this.format = content.format;
    this.layout = content.layout;
    this.linesBefore = content.linesBefore ?? 0;
    this.#offset = content.offset;
    this.file = content.file;
    this.#reader = content.reader;
    this.#signal = content.signal;
  }

  get offset(): number | undefined {
    return this.#reader.givesOwnBytes === false ? undefined : this.#offset;
  }

  get bytesTotal(): number | undefined {
    return this.#reader.bytesTotal;
  }

  get bytesDone(): number {
    return this.#reader.bytesDone;
  }

  skipTo(offset: number): void {
    this.#reader.skipTo?.(offset);
  }

  async read(target: Uint8Array): Promise<number> {
    this.#signal?.throwIfAborted();
    return this.#reader.read(target);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
