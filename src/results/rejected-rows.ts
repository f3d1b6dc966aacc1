import { explainRejectedRecordRow } from '../domain/explain-rejected-row.js';

/** Where a row was in the topic of rows; `line` from 1 within the message. */
export interface RowPlace {
  readonly partition: number;
  readonly offset: number;
  readonly line: number;
}

/** A rejected row as `data_rejected` has it. */
export interface RejectedRow extends RowPlace {
  readonly reason: string;
  readonly value: Uint8Array;
  /** Whether only the beginning of the row was kept. */
  readonly isCut: boolean;
  /** When it was stored, ms since 1970. */
  readonly timestampMs: number;
}

/** Rejected rows that break the same rule in the same way. */
export interface RejectedKind {
  readonly reason: string;
  /** In words, without the value: `field 4 (ORBIT_CNT) must be a number`. */
  readonly rule: string;
  rows: number;
  /** The first ones. */
  readonly examples: RejectedRow[];
  /** Where the last one was. */
  last: RowPlace;
}

/** Number of kinds told apart; each field can break few rules, but a count of fields may be any. */
const kindsMax = 200;
const otherRule = 'other';
const cutRule = 'too long to be kept whole';

/** Counts rejected rows by what is wrong with them. */
export class RejectedRows {
  readonly #kinds = new Map<string, RejectedKind>();
  readonly #examplesMax: number;
  rows = 0;
  firstMs = Infinity;
  lastMs = -Infinity;

  /** @param examplesMax rows of each kind that are kept */
  constructor(examplesMax: number) {
    this.#examplesMax = examplesMax;
  }

  add(row: RejectedRow): void {
    this.rows++;
    this.firstMs = Math.min(this.firstMs, row.timestampMs);
    this.lastMs = Math.max(this.lastMs, row.timestampMs);
    const kind = this.#kindOf(row);
    kind.rows++;
    kind.last = { partition: row.partition, offset: row.offset, line: row.line };
    if (kind.examples.length < this.#examplesMax) kind.examples.push({ ...row, value: row.value.slice() });
  }

  /** The kinds, those of most rows first. */
  get kinds(): readonly RejectedKind[] {
    return [...this.#kinds.values()].sort((a, b) => b.rows - a.rows);
  }

  #kindOf(row: RejectedRow): RejectedKind {
    const { reason } = row;
    const [rule] = row.isCut ? [cutRule] : explainRejectedRecordRow(row.value).split(', got ');
    const key = `${reason} ${rule}`;
    const isFull = this.#kinds.size >= kindsMax && !this.#kinds.has(key);
    const found = this.#kinds.get(isFull ? reason : key);
    if (found !== undefined) return found;
    const kind = { reason, rule: isFull ? otherRule : rule, rows: 0, examples: [], last: row };
    this.#kinds.set(isFull ? reason : key, kind);
    return kind;
  }
}
