import type { ByteReader } from './byte-reader.js';
import type { WarnInput } from './input-error.js';

export interface RemoteReadOptions {
  /** Called while waiting for the server. */
  readonly warn: WarnInput;
  /** Ends reading: reads then reject with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** An input that is not on this machine. */
export interface RemoteObject {
  /** Begins to fetch its first bytes, for an {@link open} that comes later. Never fails: what goes wrong shows there. */
  prefetch(options: RemoteReadOptions): void;
  /** Lets go of what was prefetched and will not be opened; an abort of the signal does so, too. */
  drop(): void;
  /**
   * Reads it from an offset on.
   *
   * @throws DtstreamError `input` by its reads, naming the object and the rule
   */
  open(offset: number, options: RemoteReadOptions): ByteReader;
}
