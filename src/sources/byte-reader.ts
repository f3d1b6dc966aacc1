/** A regular file that is open. */
export interface OpenFile {
  readonly fd: number;
  /** Its size when it was opened. */
  readonly bytesTotal: number;
  /** Fails when the file is no longer the one that was opened: for readers that use its descriptor directly. */
  check(): Promise<void>;
}

/** Bytes of one input, pulled in order; readers stack: file → unpack → peek → whole words or canonical columns. */
export interface ByteReader {
  /** Bytes on disk (before unpacking), where known. */
  readonly bytesTotal: number | undefined;
  /** Bytes on disk consumed so far. */
  readonly bytesDone: number;
  /** Whether the same bytes can be read again from any offset: a file, no pipe. */
  readonly canOpenAt?: boolean;
  /** The open file whose bytes these are, where it is a regular one. */
  readonly file?: OpenFile | undefined;
  /** Moves ahead to an offset of the file; only with a {@link file}. */
  skipTo?(offset: number): void;
  /** Fills `target` from its start with the next bytes and resolves with how many, at least one; 0 = the end. */
  read(target: Uint8Array): Promise<number>;
  /** Idempotent; closes the readers below as well. */
  close(): Promise<void>;
}

/** How much a reader takes from the one below when it can't read straight into the caller's memory. */
export const blockBytes = 64 * 1024;

/** Moves what fits from the start of `from` into `target` and returns how many bytes that was. */
export function copyInto(target: Uint8Array, from: Uint8Array): number {
  const count = Math.min(target.length, from.length);
  target.set(from.subarray(0, count));
  return count;
}
