/** What is known of the rows that `process` has not read yet. */
export interface ProcessLag {
  /** Records of the group's topic that it has not read; undefined = not told: no right to look, or no group there. */
  readonly records: number | undefined;
  /** Whether a process works for the group. */
  readonly alive: boolean;
  /** Of them, those of each partition; absent where they are not told. */
  readonly partitions?: readonly PartitionLag[];
  /** When it was looked, in ms since 1970. */
  readonly seenMs: number;
}

interface PartitionLag {
  readonly partition: number;
  readonly records: number;
}

/** Looks that a direction is taken of: the older half is compared with the newer one. */
const looksMax = 10;

/**
 * Newest looks whose smallest backlog is shown, and shortest half for a direction: between two batches rows only pile up,
 * what counts is what a batch leaves.
 */
const looksShown = 2;

/** A change within this share of the backlog, or of a second's rows, is none. */
const steadyShare = 0.1;

/** Newest looks at the backlog, the last one at the end. */
export type LagLooks = readonly ProcessLag[];

/** So many batches behind is not behind: the rows of one are still collected, those of the other worked at. */
const batchesSteady = 2;

/** The looks with a newer one; those of before a silence say nothing of a direction. */
export function withLook(looks: LagLooks, look: ProcessLag): LagLooks {
  return look.records === undefined ? [look] : [...looks, look].slice(-looksMax);
}

/** How far behind `process` is, in rows and in seconds of what it reads; undefined where it is not known. */
export interface Backlog {
  readonly rows: number;
  /** At the rate at which it has read last; undefined without one. */
  readonly seconds: number | undefined;
  readonly direction: '=' | '+' | '-';
}

/**
 * The backlog in rows, records times the rows per record of the last messages: the smallest of the last looks.
 *
 * @param rates of what was read last
 */
export function backlogOf(looks: LagLooks, { perRecord, perSecond, perBatch }: ReadRates): Backlog | undefined {
  const records = looks.flatMap((look) => look.records ?? []);
  if (records.length === 0 || looks.at(-1)?.records === undefined) return undefined;
  const rows = Math.round(Math.min(...records.slice(-looksShown)) * perRecord);
  const half = Math.floor(records.length / 2);
  const isTold = half >= looksShown;
  const change = isTold ? (Math.min(...records.slice(half)) - Math.min(...records.slice(0, half))) * perRecord : 0;
  const isChange = Math.abs(change) > Math.max(steadyShare * rows, steadyShare * perSecond, perRecord);
  const isSteady = !isChange || rows <= batchesSteady * perBatch;
  return {
    rows,
    seconds: rows === 0 ? 0 : perSecond > 0 ? rows / perSecond : undefined,
    direction: isSteady ? '=' : change > 0 ? '+' : '-',
  };
}

/** Messages whose rows tell rows per record and rows per second. */
const readsMax = 20;

/** What a message says that `process` read for it. */
export interface RowsRead {
  readonly openedMs: number;
  readonly closedMs: number;
  readonly rows: number;
  readonly records: number;
}

/** Adds what was read for a message to those of the newest ones. */
export function noteRead(reads: RowsRead[], read: RowsRead): void {
  reads.push(read);
  reads.splice(0, reads.length - readsMax);
}

/** Rows in a record, per second of the wall clock and while a batch is open; 0 where nothing is read. */
export interface ReadRates {
  readonly perRecord: number;
  readonly perSecond: number;
  readonly perBatch: number;
}

/** Rates of the newest messages. */
export function readRates(reads: readonly RowsRead[]): ReadRates {
  let [rows, records, fromMs, toMs, openMs] = [0, 0, Infinity, -Infinity, 0];
  for (const read of reads) {
    rows += read.rows;
    records += read.records;
    fromMs = Math.min(fromMs, read.openedMs);
    toMs = Math.max(toMs, read.closedMs);
    openMs += Math.max(0, read.closedMs - read.openedMs) / reads.length;
  }
  const perSecond = toMs > fromMs ? (1000 * rows) / (toMs - fromMs) : 0;
  return {
    perRecord: records === 0 ? 1 : rows / records,
    perSecond,
    perBatch: (perSecond * openMs) / 1000,
  };
}
