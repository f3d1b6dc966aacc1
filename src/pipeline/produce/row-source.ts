import type { ContentName } from '../../sources/content-name.js';
import type { MessageKind } from './partition-builder.js';

/** What produce needs of a source of rows; see `HitSource`. */
export interface RowSource {
  readonly name: string;
  readonly format: MessageKind;
  readonly bytesDone: number;
  read(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** Where a source stands among those of an input. */
export interface SourcePlace {
  /** Sources before it. */
  readonly index: number;
  /** The source's own name for good: an absolute path, or an `s3://` name. */
  readonly id: string;
  /** What the sources before it were, as a digest. */
  readonly before: string;
}

/** A source that may begin in the middle. */
export interface PlacedSource {
  readonly source: RowSource;
  readonly place: SourcePlace;
  /** Rows of the source before the first one that it gives. */
  readonly rowsBefore: number;
  /**
   * Offset of its first byte in the file whose bytes it delivers; undefined = it cannot be opened in the middle. Becomes
   * undefined before it delivers bytes of another file.
   */
  readonly offset: number | undefined;
  /** Its content name as it is now; absent, or undefined = nothing tells it from others. */
  readonly content?: (() => Promise<ContentName | undefined>) | undefined;
}

/** The last row of an input that was written. */
export interface RowPlace extends SourcePlace {
  /** Rows of its source up to and including it. */
  readonly rows: number;
  /** Offset of its first byte, where its source can be opened there. */
  readonly offset: number | undefined;
  readonly format: MessageKind;
}

/** The sources of a run. */
export interface ProduceInput {
  /** Name under which the log keeps how far it was written; undefined = it cannot be read a second time. */
  readonly identity: string | undefined;
  /** The names that older versions gave it, where those were others. */
  readonly identitiesBefore?: readonly string[] | undefined;
  /** Whether rows come when they come: waiting for them is then no reason to hurry afterwards. */
  readonly isLive: boolean;
  /** Called when the rows of a source are done with and those of the next one come. */
  readonly onNext?: (ended: SourcePlace, rows: number, next: SourcePlace) => void;
  /**
   * Opens the sources in order, all of them or from one row on; that row is given again.
   *
   * @param signal ends the wait for rows that are yet to come
   * @throws DtstreamError `input` when the sources are not those that the row is of
   */
  open(from: RowPlace | undefined, signal: AbortSignal): AsyncIterable<PlacedSource>;
}
