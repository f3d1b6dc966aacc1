import type { Parser, parse } from 'csv-parse';
import { isBlank } from './canonical-line.js';
import type { Delimiter } from './csv-layout.js';

/** Longest row of a file that does not have canonical columns; also bounds how far an unclosed quote can reach. */
export const rowBytesMax = 16 * 1024;
/** The rule, for messages. */
export const rowBytesRule = `a row may have at most ${rowBytesMax} bytes`;

/**
 * Cuts CSV text with quotes into records. A quoted field may hold delimiters, line ends and doubled quotes; a quote
 * inside a field that does not begin with one is a character like any other. Blank lines are not records.
 */
export class QuotedRecords {
  readonly #parser: Parser;
  #lineCount = 0;

  private constructor(createParser: typeof parse, delimiter: Delimiter, onRecord: OnRecord) {
    this.#parser = createParser({
      delimiter,
      // Not utf8: every byte must come through, and trimming would take some of those above 127 for blanks.
      encoding: 'latin1',
      record_delimiter: ['\r\n', '\n'],
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: rowBytesMax,
      on_record: (fields, { lines }) => {
        this.#lineCount = lines;
        if (fields.length > 1 || fields[0] === '' || !isBlank(fields[0] ?? '')) onRecord(fields);
        return null;
      },
    });
    // Every failure also reaches the call that met it.
    this.#parser.on('error', () => undefined);
  }

  /** Loads the parser only now: few files need it. */
  static async open(delimiter: Delimiter, onRecord: OnRecord): Promise<QuotedRecords> {
    const csv = await import('csv-parse');
    return new QuotedRecords(csv.parse, delimiter, onRecord);
  }

  /** Lines up to the end of the last record. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /**
   * @param block may not change afterwards
   * @throws CsvError when a record is longer than {@link rowBytesMax}
   */
  push(block: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parser.write(block, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** @throws CsvError when a quote is not closed */
  finish(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parser.end((error?: Error | null) => (error ? reject(error) : resolve()));
    });
  }
}

type OnRecord = (fields: readonly string[]) => void;
