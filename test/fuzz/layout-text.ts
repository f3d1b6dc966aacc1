import { type CsvLayout, delimiters } from '../../src/domain/csv-layout.js';
import { hitFields } from '../../src/domain/hit.js';
import { plainReading } from '../../src/domain/text-reading.js';
import type { RandomSource } from '../helpers/random/random-source.js';
import { layoutOfSpec } from '../model/layout-arbitrary.js';
import { csvLine } from './row-generators.js';

const others = ['time', 'note', 'x', 'event', 'sector'];
const texts = ['7', '-3.25', 'ok', '', '"a;b, c|\t"', '"say ""no"""', '""', '5" tube', 'x'.repeat(70), '\u00e9'];
const ends = ['\n', '\n', '\n', '\r\n', '\r\r\n'];

/** Lines of a random layout, most of them rows in a dress that most lines share. */
export function fuzzedLayoutText(
  random: RandomSource,
  rows: number,
): { readonly layout: CsvLayout; readonly text: string } {
  const delimiter = random.pick(delimiters);
  const names = [...hitFields, ...others.slice(0, random.below(3) * random.below(3))];
  if (random.oneIn(2)) shuffle(names, random);
  const layout = layoutOfSpec(
    { delimiter, names, isQuoted: random.oneIn(2), isComment: false, isLowerCase: false },
    {
      hasQuotes: random.oneIn(2),
      moreField: random.pick(['none', 'none', 'empty', 'row name']),
      hasManyCr: random.oneIn(4),
      reading: random.oneIn(3) ? reading(random) : plainReading,
    },
  );
  const between = delimiter === 'blanks' ? ' ' : delimiter;
  const usual = { quote: random.oneIn(2), padding: random.below(3), decimals: random.oneIn(3), end: random.pick(ends) };
  const lines = Array.from({ length: rows }, (_, row) => {
    const own = csvLine(random).toString('latin1').replaceAll('\0', '').split(',');
    // Lines without six fields stay what they are, for the most part.
    const fields =
      own.length === hitFields.length
        ? names.map((name) => own[hitFields.findIndex((field) => field === name)] ?? random.pick(texts))
        : own;
    if (layout.moreField === 'row name' && !random.oneIn(20)) fields.unshift(random.oneIn(2) ? '"a b"' : String(row));
    if (layout.moreField === 'empty' && !random.oneIn(4)) fields.push('');
    const dressed = fields.map((field) => dress(field, random.oneIn(30) ? anyDress(random) : usual));
    const text = dressed.join(between);
    return (random.oneIn(40) ? withNoise(text, random) : text) + (random.oneIn(20) ? random.pick(ends) : usual.end);
  });
  return { layout, text: lines.join('').replaceAll('\0', '') };
}

interface FieldDress {
  readonly quote: boolean;
  readonly padding: number;
  readonly decimals: boolean;
}

function anyDress(random: RandomSource): FieldDress {
  return { quote: random.oneIn(2), padding: random.below(4), decimals: random.oneIn(2) };
}

function dress(field: string, { quote, padding, decimals }: FieldDress): string {
  const number = decimals && /^\d+$/.test(field) ? `${field}.0` : field;
  const quoted = quote && !number.includes('"') ? `"${number}"` : number;
  return ' '.repeat(padding) + quoted + ' '.repeat(padding >> 1);
}

function withNoise(text: string, random: RandomSource): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + random.pick(['"', ';', ',', '\t', ' ', '.', '-', 'e1', '\r', '0']) + text.slice(at);
}

function reading(random: RandomSource): CsvLayout['reading'] {
  const { head } = plainReading;
  return {
    head: random.pick([0, 1, head, 3]),
    channelOffset: random.pick([-1, 0, 1, 64]),
    tdcOffset: random.pick([-2, 0, 1]),
    signedOrbits: random.oneIn(2),
  };
}

function shuffle(names: string[], random: RandomSource): void {
  for (let left = names.length; left > 1; left--) {
    const other = random.below(left);
    [names[left - 1], names[other]] = [names[other], names[left - 1]];
  }
}
