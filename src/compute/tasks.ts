import type { CsvLayout } from '../domain/csv-layout.js';
import type { ClockUnits } from '../domain/geometry.js';
import type { PhysicsPlan } from '../domain/physics-plan.js';
import type { OrbitDetail } from './orbit-detail.js';
import type { RoutedRows } from './route.js';

/** What every task of a pool shares, given to its threads once. */
export interface ComputeSetup {
  /** Row code of each wire, see `wireCodes`. */
  readonly wires: Uint16Array;
  readonly clock: ClockUnits;
  readonly chambers: number;
  /** Of the physics to count; absent = none. */
  readonly plan?: PhysicsPlan | undefined;
  readonly shards: number;
  /** Most bytes of one chunk. */
  readonly chunkBytes: number;
}

/** Rows are lines of CSV or DAQ words. */
export type RowFormat = 'csv' | 'words';

/** A chunk of bytes to decode and route. */
export interface DecodeTask {
  /** Of all rows, or of the first record. */
  readonly format: RowFormat;
  /** The chunk; lines end in LF. Shared: never in a transfer list. */
  readonly bytes: SharedArrayBuffer;
  readonly length: number;
  /** Where the chunk is made of records. */
  readonly records?: RecordPlaces;
  /** First record of each part, 0 first, where partitions have parts of the chunk; one without records has the next one's. */
  readonly parts?: Uint32Array;
  /** How lines without records are to be read; default: as canonical columns. */
  readonly layout?: CsvLayout | undefined;
  /** Gets the routed rows, see `HitLists`; when they are more than it holds, others are made. */
  readonly lists: SharedArrayBuffer;
}

/** Where the records of a chunk are. */
export interface RecordPlaces {
  /** End of each record's bytes, padding not included. */
  readonly ends: Uint32Array;
  /** Each first record after the format has changed, from lines to words or back, and where its bytes begin. */
  readonly turns: Uint32Array;
  readonly turnStarts: Uint32Array;
}

/** A part of a file to read, decode and route: the thread reads it into its own memory, so that no byte is copied. */
export interface FileTask {
  readonly format: RowFormat;
  readonly file: FileRange;
  readonly lists: SharedArrayBuffer;
  /** Whether the bytes of rejected rows are wanted. */
  readonly keepRejected: boolean;
  /** How lines are to be read; default: as canonical columns. */
  readonly layout?: CsvLayout | undefined;
}

/**
 * Bytes [from, to) of a file that this process has open: the rows that begin there. What follows the last row of a
 * range is the next range's; where a row ends that begins just before `to` is for the thread to find.
 */
export interface FileRange {
  readonly fd: number;
  readonly from: number;
  readonly to: number;
  /** Whether a row that begins before `from` may reach into the range. */
  readonly isInside: boolean;
}

export interface FileResult extends DecodeResult {
  /** Bytes of the rejected rows one after the other, if wanted. */
  readonly rejectedBytes: Uint8Array;
  /** Why the rows after the last one could not be read. */
  readonly failure: RangeFailure | undefined;
}

/** What went wrong in a range: the system's error, or a line that does not end. */
export interface RangeFailure {
  readonly offset: number;
  /** Number of the system's error; undefined for a line that is too long. */
  readonly errno: number | undefined;
  readonly message: string;
}

export interface DecodeResult extends RoutedRows {
  /** Where the routed rows are: the task's lists, if they were large enough. */
  readonly lists: SharedArrayBuffer;
  readonly lines: number;
  /** Rows before the end of each record; empty when every row is a record, or the chunk has none. */
  readonly recordRows: Uint32Array;
  /** Rejected rows, `rejectedStride` numbers each, see `RowBlock`. */
  readonly rejected: Uint32Array;
  /** Notes about lines of a file, if there are any. */
  readonly notes?: TextNotes | undefined;
}

/** What decoding lines of a file has found beside rows. */
interface TextNotes {
  /** The layout in force behind the last line, where that is not the one that they were to be read by. */
  readonly layout: CsvLayout | undefined;
  /** Rows that only a negative orbit keeps from being hits, one that a signed 32-bit counter prints. */
  readonly signedOrbits: number;
  /** Why the first rejected row was. */
  readonly explanation: string | undefined;
}

/** A part of a shard's list in a chunk. */
export interface HitSlice {
  readonly lists: SharedArrayBuffer;
  readonly from: number;
  readonly to: number;
  /** What to add to the list's orbits. */
  readonly delta: number;
  /** Read again after a restart: its closed hits have been published and are skipped. */
  readonly replayed: boolean;
  /** Whether `lists` is a block of held hits, see `HeldBlock`; these, too, are skipped where they are closed. */
  readonly isHeld?: boolean;
}

/** The hits of one shard that a batch has to look at. */
export interface ShardInput {
  /** Carried hits, orbits absolute: lists of `carriedCount` entries. */
  readonly carried: SharedArrayBuffer | undefined;
  readonly carriedCount: number;
  readonly slices: readonly HitSlice[];
  /** Gets the hits above the watermark; holds at least as many as there are. Absent: they are only counted. */
  readonly carryOut?: SharedArrayBuffer;
}

/** Shards of one batch to close up to the watermark. */
export interface AggregateTask {
  /** Watermark of the batch before: hits at or below are late. */
  readonly closed: number;
  readonly watermark: number;
  readonly shards: readonly ShardInput[];
  /** How many orbits with their active channels are wanted at most, chambers added up: 0 = none. */
  readonly detailMax: number;
  /** Gets them, in shared memory; holds as many as there are hits, or as are wanted. Tasks of a chain have the same. */
  readonly detailOut?: OrbitDetail | undefined;
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
  /** Hits and scintillator rows of each shard above the watermark: entries in its `carryOut`. */
  readonly carried: readonly number[];
  /** By chamber, in the task's `detailOut`; empty when not wanted, undefined when there are too many. */
  readonly detail: readonly OrbitDetail[] | undefined;
  /** Empty arrays without physics. */
  readonly physics: PhysicsSums;
}

/** Counts of physics; all but `slots` add up. */
export interface PhysicsSums {
  /** See src/compute/physics-block.ts. */
  readonly counts: Uint32Array;
  /** Hits by `chamber * 4 + layer`; late ones are not among them. */
  readonly layers: Uint32Array;
  /** Numbers of the slots with a row, ascending. */
  readonly slots: Float64Array;
  /** See src/compute/segment-sums.ts; empty unless segments are searched. */
  readonly segments: Float64Array;
}
