import type { CsvLayout } from '../domain/csv-layout.js';
import type { OpenFile } from './byte-reader.js';

/** What the bytes of a source are: lines of text, or 64-bit DAQ words. */
export const sourceFormats = ['csv', 'words'] as const;
export type SourceFormat = (typeof sourceFormats)[number];

/**
 * Rows as a stream of bytes, pulled by the reader into memory of its own choice.
 *
 * CSV lines end in LF or CRLF, the last one optionally; header and blank lines may occur and are not rows. Words are
 * little endian and 8 bytes each. Rows may be cut anywhere by a read.
 */
export interface HitSource {
  /** What it is, for messages: a path, `stdin`, `simulator`. */
  readonly name: string;
  readonly format: SourceFormat;
  /** How lines are to be read, up to a header further on; undefined = canonical columns. */
  readonly layout?: CsvLayout | undefined;
  /** Lines of the input before the first that the source gives; undefined = none. */
  readonly linesBefore?: number | undefined;
  /** Bytes on disk (before unpacking), where known; for progress only. */
  readonly bytesTotal: number | undefined;
  /** Bytes on disk consumed so far; for progress only. */
  readonly bytesDone: number;
  /**
   * Offset in the file of the first byte that the source delivers, if it delivers the file's own bytes and can be opened in
   * the middle (`openSourceAt`). Becomes undefined when it continues with other bytes.
   */
  readonly offset?: number | undefined;
  /**
   * The open file whose own bytes the source delivers from {@link offset} on, if it is a regular one: a caller that reads
   * them directly sets with {@link skipTo} where the source continues.
   */
  readonly file?: OpenFile | undefined;
  /** @param offset in the file, not before where the source is */
  skipTo?(offset: number): void;
  /**
   * Fills `target` from its start with the next bytes and resolves with how many, at least one; 0 = the end.
   *
   * @param target any byte array, also over shared memory
   * @throws DtstreamError `input`, naming the source, the offset or line, and the rule
   */
  read(target: Uint8Array): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}
