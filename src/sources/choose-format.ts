import { foreignBytes, foreignFormat, markupFormat } from './foreign-formats.js';
import type { SourceFormat } from './hit-source.js';
import { type WarnInput, inputError } from './input-error.js';
import {
  type InputFormat,
  formatProbeBytes,
  formatOfName,
  isUtf8Start,
  looksLikeText,
  wideTextError,
  wideTextOf,
} from './input-format.js';
import type { PeekReader } from './peek-reader.js';
import { describeLook, isPlausible, lookAtWords, misreadOf, wordsToJudgeBytes } from './words/plausible-words.js';
import type { Packing } from './packed/unpack.js';
import { wordBytes } from '../domain/word.js';

/** An input whose format is unknown. */
export interface UnknownInput {
  readonly name: string;
  /** Whether the name tells the format; that of standard input does not. */
  readonly isNamed: boolean;
  /** The compression already removed from its bytes. */
  readonly packing: Packing | undefined;
}

/**
 * The format of an input: the given one, otherwise by its first bytes, and by its name if they are not conclusive.
 *
 * Waits for up to 512 bytes if they are neither text nor plausible words; 16 bytes are enough for text and words.
 *
 * @throws DtstreamError `input` for a format without hits, for words in another byte order or with the name of text, and
 *   for bytes that are neither text nor words without a telling name
 */
export async function chooseFormat(
  input: UnknownInput,
  reader: PeekReader,
  options: { readonly format: InputFormat; readonly warn: WarnInput },
): Promise<SourceFormat> {
  switch (options.format) {
    case 'csv':
      return 'csv';
    case 'dat':
      return 'words';
    case 'auto':
      return recognise(input, reader, options.warn);
    default:
      return options.format satisfies never;
  }
}

/** How many bytes are waited for first: a live input under a name that says its format gives its first row at once. */
const firstBytes = { csv: 6, words: wordBytes, unnamed: formatProbeBytes } as const;

async function recognise(input: UnknownInput, reader: PeekReader, warn: WarnInput): Promise<SourceFormat> {
  const named = input.isNamed ? formatOfName(input.name) : undefined;
  const first = firstBytes[named ?? 'unnamed'];
  for (const count of [first, formatProbeBytes, Math.max(wordsToJudgeBytes, foreignBytes)]) {
    const head = await reader.peek(count);
    if (head.length === 0) return named ?? 'csv';
    const format = judge(input, head, { named, isEnd: head.length < count });
    if (format !== undefined) return format;
  }
  const head = await reader.peek(0);
  if (named === undefined && !looksLikeText(head)) reader.throwIfFailed();
  return judgeByName(input, head, { named, warn });
}

interface Claim {
  /** The format that the name says. */
  readonly named: SourceFormat | undefined;
  /** Whether these are all bytes that there are. */
  readonly isEnd: boolean;
}

/** The format, where the bytes leave no doubt; undefined = more of them are needed. */
function judge(input: UnknownInput, head: Uint8Array, { named, isEnd }: Claim): SourceFormat | undefined {
  const wide = wideTextOf(head);
  const look = lookAtWords(head);
  const isWords = isPlausible(look);
  if (wide !== undefined && !isWords) throw wideTextError(input.name, wide);
  const isText = looksLikeText(head);
  const foreign = foreignFormat(head, { isText, isWords });
  if (foreign !== undefined) throw foreignError(input, foreign);
  if (isWords && !(isText && head.length > wordBytes)) {
    if (named === 'csv' && look.words > 1) throw misnamedError(input.name);
    if (named !== 'csv') return 'words';
  }
  if (!isText) return undefined;
  // A word may be eight letters, and binary formats begin with a few.
  const isShort = head.length < formatProbeBytes && !isEnd;
  if (isShort && (named === 'words' || !isUtf8Start(head))) return undefined;
  return judgeText(input, head, isEnd);
}

/** Text counts as rows, unless it begins as markup and the available bytes contain no row. */
function judgeText(input: UnknownInput, head: Uint8Array, isEnd: boolean): SourceFormat | undefined {
  const text = Buffer.from(head).toString('latin1');
  const markup = markupFormat(text);
  if (markup === undefined || hasRows(text)) return 'csv';
  if (head.length < foreignBytes && !isEnd) return undefined;
  throw foreignError(input, { what: markup, isPacked: false });
}

/** The remaining case, neither text nor words: the name may decide nevertheless. */
function judgeByName(
  input: UnknownInput,
  head: Uint8Array,
  { named, warn }: { readonly named: SourceFormat | undefined; readonly warn: WarnInput },
): SourceFormat {
  if (looksLikeText(head)) return 'csv';
  const misread = misreadOf(head);
  if (misread !== undefined) throw inputError(input.name, misread);
  if (named === 'csv') return 'csv';
  const look = lookAtWords(head);
  const seen = describeLook(look);
  if (named === undefined) {
    const problem = `${unpacked(input)}neither text nor plausible DAQ words (${seen})`;
    throw inputError(input.name, `${problem}; if it is words, say --input-format dat`);
  }
  if (look.words > 0) {
    const message = `${input.name}: hardly looks like DAQ words (${seen}), and is read as such because of its name`;
    warn({ source: input.name, message });
  }
  return 'words';
}

/** Whether a line holds six numbers, or names the first two columns. */
function hasRows(text: string): boolean {
  return /^[ \t"']*([+-]?\d[\d.e+-]*[ \t"']*[,;|\t ][ \t"']*){5}/im.test(text) || /\bHEAD\b.*\bFPGA\b/i.test(text);
}

function misnamedError(name: string): Error {
  return inputError(name, 'these are DAQ words, but the name says text: rename it to .dat, or say --input-format dat');
}

function foreignError(
  input: UnknownInput,
  { what, isPacked }: { readonly what: string; readonly isPacked: boolean },
): Error {
  if (!isPacked) return inputError(input.name, `${unpacked(input)}this is ${what}, not hits`);
  if (input.packing !== undefined)
    return inputError(input.name, `this is ${what} inside ${input.packing}: unpack it first`);
  return inputError(input.name, `only gzip and Zstandard are unpacked on the fly, this is ${what}`);
}

function unpacked({ packing }: UnknownInput): string {
  return packing === undefined ? '' : 'unpacked, ';
}
