import type { SourceTally } from '../../pipeline/direct/source-tally.js';
import type { WarnInput } from '../../sources/input-error.js';
import { signedOrbitsText } from '../../domain/text-reading.js';
import { headAdvice } from '../flags/input.js';
import { countOf } from '../console/plural.js';
import { noHitsText, rejectedText } from './no-hits-warning.js';
import { hitHead } from '../../domain/hit.js';
import { rejectedRows } from '../../domain/rejected-rows.js';

/** Number of inputs with a warning each; for the others one warning gives their number. */
const saidMax = 20;

/**
 * Warns of every input with rejected rows, without a hit, or without a row: a wrong file among good ones would not show
 * in the sums.
 */
export class InputReport {
  readonly #say: WarnInput;
  readonly #head: number;
  /** Inputs that were said to be empty when they were opened. */
  readonly #saidEmpty = new Set<string>();
  #said = 0;
  #unsaid = 0;

  /** @param options.head `--head`, which hits of text must have */
  constructor({ say, head }: { readonly say: WarnInput; readonly head: number }) {
    this.#say = say;
    this.#head = head;
  }

  /** Warns of an input at once. */
  readonly warn: WarnInput = (warning) => {
    if (warning.isEmpty === true) this.#saidEmpty.add(warning.source);
    this.#say(warning);
  };

  /** An input was read to its end, or as far as it could be. */
  add(tally: SourceTally): void {
    const text = reportText(tally, this.#head);
    if (text === undefined || (tally.rows === 0 && this.#saidEmpty.has(tally.name))) return;
    if (this.#said === saidMax) {
      this.#unsaid++;
      return;
    }
    this.#said++;
    this.#say({ source: tally.name, message: `${tally.name}: ${text}` });
  }

  /** No input comes after. */
  end(): void {
    if (this.#unsaid === 0) return;
    const message = `${countOf(this.#unsaid, 'more input has', 'more inputs have')} rejected rows, no hits or no rows`;
    this.#say({ source: 'inputs', message });
  }
}

/** Warning for an input; undefined when it has hits and no rejected row. */
function reportText(tally: SourceTally, head: number): string | undefined {
  const { rows, isWhole, rejected, firstRejected, format } = tally;
  if (rows === 0) return isWhole ? 'it has no rows' : undefined;
  const first =
    firstRejected === undefined
      ? ''
      : `; first ${format === 'csv' ? 'line' : 'word'} ${firstRejected.line}: ${firstRejected.explanation}`;
  const noHits = noHitsText({ ...tally, rows_read: rows }, format === 'csv' ? head : hitHead);
  const signed = tally.signedOrbits === 0 ? '' : `; ${signedOrbitsText(tally.signedOrbits)}`;
  if (noHits !== undefined) return `${noHits}${first}${signed}${headHint(tally)}`;
  if (rejectedRows(rejected) === 0) return undefined;
  return `${rejectedText(rejected, rows)}${first}${signed}`;
}

/** How to read text whose hits have another HEAD, as older unpackers write it. */
function headHint({ format, dropped }: SourceTally): string {
  if (format === 'words' || dropped.head === 0) return '';
  return `; ${headAdvice}`;
}
