import { type CsvLayout, canonicalLayout, isCanonical, isSameLayout } from '../../domain/csv-layout.js';
import { skipBlanks } from '../../domain/decimal.js';
import { laterHeader } from '../../domain/header-line.js';
import { hitFields } from '../../domain/hit.js';
import { endOfHole, holeKeptMax, lastLineStart, nextHole, shortenHoles } from '../../domain/hole.js';
import { lacksOnlySignedOrbit } from '../../domain/drop-and-reject-rules.js';
import { signedOrbitsText } from '../../domain/text-reading.js';
import { type ByteReader, blockBytes, copyInto } from '../byte-reader.js';
import { CanonicalLines } from './canonical-line.js';
import { type WarnInput, inputError } from '../input-error.js';

/** A line must be shorter: a message of about as much is the longest that brokers take. */
const lineBytesMax = 1 << 20;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const comma = 0x2c;
const minus = 0x2d;
/** The only letter that every header has and no row. */
const headLetters = [0x48, 0x68] as const;
const plainHeader = new RegExp(`^[ \\t]*${hitFields.join('[ \\t]*,[ \\t]*')}[ \\t]*$`, 'i');
/** Commas before the orbit of a canonical row. */
const commasBeforeOrbit = 3;

/**
 * Converts lines of any layout to canonical columns, the form in a log; canonical lines pass unchanged. A header in the
 * middle applies from there on. At the end it warns of rows that would be hits except for a negative orbit.
 *
 * ```
 *  memory  │ start of a line │ bytes of the reader below …      │ room │
 *          0                 held       whole lines ─► ready    filled
 * ```
 */
export class CanonicalReader implements ByteReader {
  readonly #inner: ByteReader;
  readonly #name: string;
  readonly #warn: WarnInput;
  readonly #canonical = new CanonicalLines(canonicalLayout);
  #layout: CsvLayout;
  /** Undefined while lines are canonical and pass unchanged. */
  #lines: CanonicalLines | undefined;
  #memory = Buffer.allocUnsafe(2 * blockBytes);
  /** Bytes of lines that are ready, at [from, to) of the memory, then bytes of a line that has not ended, up to filled. */
  #filled = 0;
  #held = 0;
  #ready: Uint8Array = new Uint8Array(0);
  /** Whether a long canonical line is on its way, the start of which was given. */
  #isInside = false;
  #isTranslated: boolean;
  #line: number;
  #signedOrbits = 0;
  #ended = false;
  #failure: { readonly cause: unknown } | undefined;

  /** @param place.line of the first line that the reader below gives, from 1 */
  constructor(
    inner: ByteReader,
    layout: CsvLayout,
    place: { readonly name: string; readonly line: number; readonly warn: WarnInput },
  ) {
    this.#inner = inner;
    this.#name = place.name;
    this.#line = place.line;
    this.#warn = place.warn;
    this.#layout = layout;
    this.#lines = isCanonical(layout) ? undefined : new CanonicalLines(layout);
    this.#isTranslated = this.#lines !== undefined;
  }

  get bytesTotal(): number | undefined {
    return this.#inner.bytesTotal;
  }

  get bytesDone(): number {
    return this.#inner.bytesDone;
  }

  /** Whether all bytes given so far, and those taken to be given next, are those of the reader below. */
  get givesOwnBytes(): boolean {
    return !this.#isTranslated;
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#ready.length === 0) {
      if (this.#failure !== undefined) throw this.#failure.cause;
      if (this.#ended) return 0;
      await this.#fill();
    }
    const count = copyInto(target, this.#ready);
    this.#ready = this.#ready.subarray(count);
    return count;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /** Takes more of the reader below and makes whole lines of it ready; those before a failure come first. */
  async #fill(): Promise<void> {
    this.#memory.copyWithin(0, this.#held, this.#filled);
    this.#filled -= this.#held;
    this.#held = 0;
    this.#reserve();
    let count: number;
    try {
      count = await this.#inner.read(this.#memory.subarray(this.#filled));
    } catch (cause) {
      this.#failure = { cause };
      return;
    }
    this.#ended = count === 0;
    this.#filled += count;
    // A translated line must fit into memory, including its holes; the consumer shortens other lines.
    if (this.#lines !== undefined) this.#filled = shortenHoles(this.#memory, 0, this.#filled);
    const end = this.#ended ? this.#filled : this.#memory.lastIndexOf(lineFeed, this.#filled - 1) + 1;
    this.#held = end;
    if (end > 0) this.#take(this.#memory.subarray(0, end));
    else if (this.#filled >= blockBytes) this.#takeLong();
    if (this.#ended && this.#signedOrbits > 0) {
      this.#warn({ source: this.#name, message: `${this.#name}: ${signedOrbitsText(this.#signedOrbits)}` });
    }
  }

  #reserve(): void {
    if (this.#memory.length - this.#filled >= blockBytes) return;
    const memory = Buffer.allocUnsafe(2 * this.#memory.length);
    memory.set(this.#memory.subarray(0, this.#filled));
    this.#memory = memory;
  }

  /** The start of a line that is too long for a header: a canonical line is passed on as it is, others need an end. */
  #takeLong(): void {
    if (this.#lines === undefined) {
      this.#isInside = true;
      this.#ready = this.#memory.subarray(0, this.#filled);
      this.#held = this.#filled;
    } else if (this.#filled >= lineBytesMax) {
      const rule = `a line must be shorter than ${lineBytesMax} bytes`;
      this.#failure = { cause: inputError(this.#name, `line ${this.#line}: ${rule}`) };
    }
  }

  /** Takes lines, each with its LF but perhaps the last of the input. */
  #take(bytes: Buffer): void {
    let from = 0;
    if (this.#isInside) {
      from = bytes.indexOf(lineFeed) + 1 || bytes.length;
      this.#isInside = false;
    }
    if (this.#lines === undefined) {
      from = this.#passCanonical(bytes, from);
      if (from === bytes.length) {
        this.#ready = bytes;
        return;
      }
    }
    const passed = from;
    const written = this.#translate(bytes, from);
    this.#ready = passed === 0 ? written : Buffer.concat([bytes.subarray(0, passed), written]);
  }

  /**
   * Looks through canonical lines for a header that a log would not take for one, and for negative orbits.
   *
   * @returns where the line of such a header begins, or the length
   */
  #passCanonical(bytes: Buffer, from: number): number {
    const layout = this.#layout;
    let end = bytes.length;
    for (const letter of headLetters) {
      for (let at = bytes.indexOf(letter, from); at >= 0 && at < end;) {
        const line = lineAt(bytes, at, from);
        const header = laterHeader(bytes, line.start, line.end, layout);
        if (header !== undefined && !(isSameLayout(header, layout) && isPlainHeader(bytes, line))) {
          end = line.start;
          this.#begin(header);
          break;
        }
        at = line.next < end ? bytes.indexOf(letter, line.next) : -1;
      }
    }
    this.#countSigned(bytes, from, end);
    return end;
  }

  /** Counts canonical rows whose first minus is that of the orbit, and that are hits but for it. */
  #countSigned(bytes: Buffer, from: number, end: number): void {
    for (let at = bytes.indexOf(minus, from); at >= 0 && at < end;) {
      const line = lineAt(bytes, at, from);
      let commas = 0;
      for (let before = line.start; before < at; before++) if (bytes[before] === comma) commas++;
      if (commas === commasBeforeOrbit && this.#canonical.read(bytes, line.start, line.end) === 'row') {
        if (lacksOnlySignedOrbit(this.#canonical.fields)) this.#signedOrbits++;
      }
      at = bytes.indexOf(minus, line.next);
      if (line.next === bytes.length) return;
    }
  }

  #begin(layout: CsvLayout): void {
    this.#layout = layout;
    this.#lines = new CanonicalLines(layout);
    this.#isTranslated = true;
  }

  /** Lines as canonical ones. */
  #translate(bytes: Buffer, from: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let lines = this.#lines ?? this.#canonical;
    for (let start = from; start < bytes.length;) {
      const line = lineAt(bytes, start, start);
      const end = this.#endOfText(bytes, line);
      start = line.next;
      this.#line++;
      if (skipBlanks(bytes, line.start, end) === end) continue;
      const kind = lines.read(bytes, line.start, end);
      const header = kind === 'row' ? undefined : laterHeader(bytes, line.start, end, this.#layout);
      if (header === undefined) {
        lines.write(bytes, line.start, end, kind);
        if (kind === 'row' && lacksOnlySignedOrbit(lines.fields)) this.#signedOrbits++;
      } else if (!isSameLayout(header, this.#layout)) {
        parts.push(lines.take());
        this.#begin(header);
        lines = this.#lines ?? lines;
      }
    }
    parts.push(lines.take());
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  #endOfText(bytes: Buffer, { start, end }: Line): number {
    let to = end;
    if (this.#layout.hasManyCr) while (to > start && bytes[to - 1] === carriageReturn) to--;
    return to;
  }
}

/** Whether a header names the canonical columns and has nothing else, such as the sign of a comment. */
function isPlainHeader(bytes: Buffer, { start, end }: Line): boolean {
  return plainHeader.test(bytes.toString('latin1', start, end));
}

interface Line {
  readonly start: number;
  /** Before its LF or CRLF, or after its hole. */
  readonly end: number;
  readonly next: number;
}

/** The line around a byte, which is not in a hole; it does not begin before `from`. */
function lineAt(bytes: Buffer, at: number, from: number): Line {
  const start = from + lastLineStart(bytes.subarray(from), at - from);
  const lineEnd = bytes.indexOf(lineFeed, at);
  const to = lineEnd < 0 ? bytes.length : lineEnd;
  const hole = nextHole(bytes, at, to);
  if (hole < to) {
    const next = endOfHole(bytes, hole, bytes.length);
    return { start, end: Math.min(next, hole + holeKeptMax), next };
  }
  return {
    start,
    end: to > start && bytes[to - 1] === carriageReturn ? to - 1 : to,
    next: Math.min(to + 1, bytes.length),
  };
}
