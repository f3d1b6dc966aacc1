import type { SeenHistogram } from '../domain/batch-message.js';
import { chambersMax } from '../domain/geometry.js';

/** The bytes [from, to) of a message that its histograms stand in. */
export interface HistogramPlace {
  readonly from: number;
  readonly to: number;
}

/** Histograms by chamber, and where they were read from. */
export interface HistogramBytes extends HistogramPlace {
  readonly histograms: Record<string, SeenHistogram>;
}

/** Digits of the largest number that is read here: far below 2^53. */
const digitsMax = 15;
const [quote, comma, colon] = [0x22, 0x2c, 0x3a];
const [zero, nine] = [0x30, 0x39];
const [openList, closeList, open, close] = [0x5b, 0x5d, 0x7b, 0x7d];
const binEdges = Buffer.from('{"bin_edges":');
const histCounts = Buffer.from(',"hist_counts":');

/**
 * Reads the histograms under a key of a message straight from its bytes, checked: most of a message are such lists, and to
 * parse them as JSON and to check them then takes longer.
 *
 * @param start where the key is looked for
 * @returns undefined where they are not written as `process` writes them, without blanks, which is no fault
 */
export function readHistograms(message: Uint8Array, key: string, start = 0): HistogramBytes | undefined {
  return scanHistograms(message, key, { start, isKept: true });
}

/** Finds and checks them alike, for those who do not need them: lists by orbit are most of a message. */
export function findHistograms(message: Uint8Array, key: string, start = 0): HistogramPlace | undefined {
  return scanHistograms(message, key, { start, isKept: false });
}

function scanHistograms(
  message: Uint8Array,
  key: string,
  { start, isKept }: { readonly start: number; readonly isKept: boolean },
): HistogramBytes | undefined {
  // In a string the quotes of a key would stand behind a backslash.
  const found = Buffer.from(message.buffer, message.byteOffset, message.length).indexOf(`"${key}":{`, start, 'latin1');
  if (found < 0) return undefined;
  const from = found + key.length + 3;
  const scan = new HistogramScan(message, from, isKept);
  const histograms = scan.histograms();
  if (histograms === undefined) return undefined;
  return { histograms, from, to: scan.at };
}

class HistogramScan {
  /** Numbers in the list that was read last. */
  #length = 0;

  /** @param isKept false = lists are left empty */
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
    private readonly isKept: boolean,
  ) {}

  /** `{"0":{"bin_edges":[1,2],"hist_counts":[3,4]},"1":…}`. */
  histograms(): Record<string, SeenHistogram> | undefined {
    const histograms: Record<string, SeenHistogram> = {};
    if (!this.#is(open)) return undefined;
    if (this.#is(close)) return histograms;
    do {
      const chamber = this.#chamber();
      if (chamber === undefined || !this.#are(binEdges)) return undefined;
      const edges = this.#numbers();
      const length = this.#length;
      if (edges === undefined || !this.#are(histCounts)) return undefined;
      const counts = this.#numbers();
      if (counts === undefined || this.#length !== length || !this.#is(close)) return undefined;
      histograms[chamber] = { bin_edges: edges, hist_counts: counts };
    } while (this.#is(comma));
    return this.#is(close) ? histograms : undefined;
  }

  /** `"12":`. */
  #chamber(): number | undefined {
    if (!this.#is(quote)) return undefined;
    const [first, second] = [this.bytes[this.at] - zero, this.bytes[this.at + 1] - zero];
    const isShort = this.bytes[this.at + 1] === quote;
    const chamber = isShort ? first : first * 10 + second;
    const isNumber = first >= (isShort ? 0 : 1) && first <= 9 && (isShort || (second >= 0 && second <= 9));
    this.at += isShort ? 1 : 2;
    return isNumber && chamber < chambersMax && this.#is(quote) && this.#is(colon) ? chamber : undefined;
  }

  /** `[1,2,3]`, whole numbers from 0. */
  #numbers(): number[] | undefined {
    const { bytes, isKept } = this;
    const numbers: number[] = [];
    this.#length = 0;
    if (!this.#is(openList)) return undefined;
    if (this.#is(closeList)) return numbers;
    for (let { at } = this; ; at++) {
      const start = at;
      let value = 0;
      let byte = bytes[at];
      for (; byte >= zero && byte <= nine; byte = bytes[++at]) value = value * 10 + byte - zero;
      const digits = at - start;
      if (digits === 0 || digits > digitsMax || (digits > 1 && bytes[start] === zero)) return undefined;
      this.#length++;
      if (isKept) numbers.push(value);
      if (byte === comma) continue;
      this.at = at;
      return this.#is(closeList) ? numbers : undefined;
    }
  }

  /** Steps over a byte, if it comes next. */
  #is(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  #are(expected: Uint8Array): boolean {
    for (const byte of expected) if (!this.#is(byte)) return false;
    return true;
  }
}
