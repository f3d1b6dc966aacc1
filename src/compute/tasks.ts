import type { OrbitDetail } from './orbit-detail.js';
import type { RoutedRows } from './route.js';

/** What every task of a pool shares, given to its threads once. */
export interface ComputeSetup {
  /** Row code of each wire, see `wireCodes`. */
  readonly wires: Uint16Array;
  readonly chambers: number;
  readonly shards: number;
  /** Most bytes of one chunk. */
  readonly chunkBytes: number;
}

/** A chunk of bytes to decode and route. */
export interface DecodeTask {
  readonly format: 'csv' | 'words';
  /** The chunk; a CSV one ends in LF. Shared: never in a transfer list. */
  readonly bytes: SharedArrayBuffer;
  readonly length: number;
  /** End of each record's bytes, where the chunk is made of records. */
  readonly recordEnds?: Uint32Array;
  /** Gets the routed rows, see `HitLists`; when they are more than it holds, others are made. */
  readonly lists: SharedArrayBuffer;
}

export interface DecodeResult extends RoutedRows {
  /** Where the routed rows are: the task's lists, if they were large enough. */
  readonly lists: SharedArrayBuffer;
  readonly lines: number;
  /** Rows before the end of each record; empty when every row is a record, or the chunk has none. */
  readonly recordRows: Uint32Array;
  /** Rejected rows, `rejectedStride` numbers each, see `RowBlock`. */
  readonly rejected: Uint32Array;
}

/** A part of a shard's list in a chunk. */
export interface HitSlice {
  readonly lists: SharedArrayBuffer;
  readonly from: number;
  readonly to: number;
  /** What to add to the list's orbits. */
  readonly delta: number;
  /** Read again after a restart: its closed hits have been published and are passed over. */
  readonly replayed: boolean;
}

/** The hits of one shard that a batch has to look at. */
export interface ShardInput {
  /** Carried hits, orbits absolute: lists of `carriedCount` entries. */
  readonly carried: SharedArrayBuffer | undefined;
  readonly carriedCount: number;
  readonly slices: readonly HitSlice[];
  /** Gets the hits above the watermark; holds at least as many as there are. */
  readonly carryOut: SharedArrayBuffer;
}

/** Shards of one batch to close up to the watermark. */
export interface AggregateTask {
  /** Watermark of the batch before: hits at or below are late. */
  readonly closed: number;
  readonly watermark: number;
  readonly shards: readonly ShardInput[];
  /** How many orbits with their active channels are wanted at most, chambers added up: 0 = none. */
  readonly detailMax: number;
}

/** What was published of the task's shards; all arrays add up over shards. */
export interface AggregateResult {
  /** Hits by `chamber * 64 + channel`. */
  readonly hits: Uint32Array;
  /** Orbits by `chamber * 65 + active channels`. */
  readonly active: Uint32Array;
  readonly scintillator: number;
  readonly lateHits: number;
  readonly lateOrbits: number;
  readonly orbits: number;
  /** First and last orbit published with a hit, Infinity and -Infinity when none was. */
  readonly orbitFirst: number;
  readonly orbitLast: number;
  /** Entries in each shard's `carryOut`. */
  readonly carried: readonly number[];
  /** By chamber, when wanted; undefined when there are too many. */
  readonly detail: readonly OrbitDetail[] | undefined;
}
