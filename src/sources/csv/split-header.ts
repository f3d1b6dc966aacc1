import { type SplitLine, splitNames } from '../../domain/header-line.js';

const quote = 0x22;

/**
 * What splits the lines among which a header is looked for: a parser of CSV where there are quotes, loaded only then.
 *
 * @param head first bytes of the file
 */
export async function headerSplitter(head: Uint8Array): Promise<SplitLine> {
  if (!head.includes(quote)) return splitNames;
  const { parse } = await import('csv-parse/sync');
  return (line, delimiter) => {
    // Any number of blanks is more than a delimiter.
    if (delimiter === 'blanks' || !line.includes(quote)) return splitNames(line, delimiter);
    try {
      const records = parse(Buffer.from(line), {
        delimiter,
        // Not utf8: every byte must come through.
        encoding: 'latin1',
        record_delimiter: '\n',
        relax_quotes: true,
        trim: true,
      });
      return records[0] ?? [];
    } catch {
      // Without a record there are no names.
      return [];
    }
  };
}
