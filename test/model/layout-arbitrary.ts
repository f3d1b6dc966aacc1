import fc from 'fast-check';
import type { CsvLayout, Delimiter } from '../../src/domain/csv-layout.js';
import { type LayoutBase, layoutOfHeader } from '../../src/domain/header-line.js';
import { hitFields } from '../../src/domain/hit.js';
import { plainReading, type TextReading } from '../../src/domain/text-reading.js';
import { hostileText } from '../compute/hostile-lines.js';
import type { ModelLayout } from './layout-model.js';

/** A header of any layout, and how rows are written under it. */
export interface LayoutSpec {
  readonly delimiter: Delimiter;
  /** Names of all columns, the six among them. */
  readonly names: readonly string[];
  /** What stands between fields and around names. */
  readonly isQuoted: boolean;
  readonly isComment: boolean;
  readonly isLowerCase: boolean;
}

export const layoutSpec: fc.Arbitrary<LayoutSpec> = fc.record({
  delimiter: fc.constantFrom<Delimiter>(',', ';', '\t', '|', 'blanks'),
  names: fc.tuple(fc.nat(3), fc.boolean()).chain(([others, isShuffled]) => {
    const all = [...hitFields, ...['time', 'note', 'x'].slice(0, others)];
    return isShuffled ? fc.shuffledSubarray(all, { minLength: all.length }) : fc.constant(all);
  }),
  isQuoted: fc.boolean(),
  isComment: fc.boolean(),
  isLowerCase: fc.boolean(),
});

const readings: fc.Arbitrary<TextReading> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(plainReading) },
  {
    weight: 1,
    arbitrary: fc.record({
      head: fc.constantFrom(0, 1, 2, 3),
      channelOffset: fc.constantFrom(-1, 0, 1, 64),
      tdcOffset: fc.constantFrom(-2, 0, 1),
      signedOrbits: fc.boolean(),
    }),
  },
);

export const bases: fc.Arbitrary<LayoutBase> = fc.record({
  hasQuotes: fc.constant(false),
  moreField: fc.constantFrom('none', 'empty', 'row name'),
  hasManyCr: fc.boolean(),
  reading: readings,
});

/** The header line of a spec. */
export function headerText({ delimiter, names, isQuoted, isComment, isLowerCase }: LayoutSpec): string {
  const written = names.map((name) => {
    const cased = isLowerCase ? name.toLowerCase() : name;
    return isQuoted ? `"${cased}"` : cased;
  });
  return (isComment ? '# ' : '') + written.join(delimiter === 'blanks' ? ' ' : delimiter);
}

export function layoutOfSpec({ delimiter, names, isQuoted }: LayoutSpec, base: LayoutBase): CsvLayout {
  const upper = names.map((name) => name.toUpperCase());
  const claim = { delimiter, names: upper, hasQuotes: isQuoted, isComment: false, missing: [], twice: undefined };
  return layoutOfHeader(claim, base);
}

/** The same layout for the model. */
export function modelLayout({ delimiter, ...layout }: CsvLayout): ModelLayout {
  return { between: delimiter, ...layout };
}

/** How a canonical line becomes one of a layout. */
const dress = fc.record({
  /** Index of a field in quotes, and of one with blanks around it. */
  quoted: fc.option(fc.nat(8)),
  padded: fc.option(fc.nat(8)),
  /** Whether all fields are. */
  areQuoted: fc.boolean(),
  arePadded: fc.boolean(),
  /** What stands in other columns. */
  note: fc.constantFrom('7', '7', '', '-3.5', 'a b', '"1;2,3|4\t5"', '"a ""b"""', '5" x', '"open', 'x'.repeat(30)),
  extra: fc.constantFrom('none', 'none', 'none', 'trailing', 'name', 'missing'),
  noise: fc.constantFrom('', '', '', '"', ';', 'x,', '\t', '""', '\r'),
  noiseAt: fc.nat(30),
  end: fc.constantFrom('\n', '\n', '\r\n', '\r\r\n'),
});

/** Text of several parts, each under a header of its own but the first; a character a byte. */
export function layoutText(first: LayoutSpec): fc.Arbitrary<string> {
  const line = fc.tuple(hostileText, dress);
  const rows = (spec: LayoutSpec): fc.Arbitrary<string> =>
    fc.array(line, { maxLength: 12 }).map((lines) => lines.map(([text, how]) => dressed(text, spec, how)).join(''));
  const part = layoutSpec.chain((spec) =>
    rows(spec).map((text) => `${headerText(spec)}${text.length % 7 === 0 ? '\r\n' : '\n'}${text}`),
  );
  return fc.tuple(rows(first), fc.array(part, { maxLength: 3 })).map(([text, parts]) =>
    Buffer.from(text + parts.join(''))
      .toString('latin1')
      .replaceAll(/\0+/g, '\0'),
  );
}

function dressed(
  hostile: string,
  { delimiter, names }: LayoutSpec,
  {
    quoted,
    padded,
    areQuoted,
    arePadded,
    note,
    extra,
    noise,
    noiseAt,
    end,
  }: typeof dress extends fc.Arbitrary<infer T> ? T : never,
): string {
  const line = hostile.split('\n')[0];
  const own = line.replace(/\r$/, '').split(',');
  const between = delimiter === 'blanks' ? ' ' : delimiter;
  const upper = names.map((name) => name.toUpperCase());
  // Lines without six fields stay what they are, for the most part.
  const picked =
    own.length === hitFields.length
      ? upper.map((name) => own[hitFields.findIndex((field) => field === name)] ?? note)
      : own;
  const written = picked.map((field, index) => {
    const inQuotes = index === quoted || areQuoted ? `"${field}"` : field;
    return index === padded || arePadded ? ` ${inQuotes}  ` : inQuotes;
  });
  if (extra === 'trailing') written.push('');
  if (extra === 'name') written.unshift(noiseAt % 2 === 0 ? '12' : '"a b"');
  if (extra === 'missing') written.pop();
  const text = written.join(between);
  return text.slice(0, noiseAt) + noise + text.slice(noiseAt) + end;
}

/** How a whole number may be written; `blanks` and `quotes` go around it. */
const numberStyles = ['plain', 'plain', 'decimals', 'exponent', 'savetxt', 'zeros', 'plus'] as const;

function styledNumber(value: number, style: (typeof numberStyles)[number], digits: number): string {
  switch (style) {
    case 'plain':
      return String(value);
    case 'decimals':
      return `${value}.${'0'.repeat(1 + digits)}`;
    case 'exponent':
      return value % 10 === 0 ? `${value / 10}E1` : `${value}0e-01`;
    case 'savetxt':
      return value.toExponential(18).replace(/e([+-])(\d)$/, 'e$10$2');
    case 'zeros':
      return `${'0'.repeat(1 + digits)}${value}`;
    case 'plus':
      return `+${value}`;
    default:
      return style satisfies never;
  }
}

const notes = ['7', '3.25', 'ok', '-', '"a;b, c|\t"', '"say ""no"""', '""', 'x'.repeat(70), '"9"', '\u00e9'];

const numberDress = fc.record({
  style: fc.constantFrom(...numberStyles),
  digits: fc.nat(4),
  isQuoted: fc.boolean(),
  before: fc.nat(3),
  behind: fc.nat(3),
});
/** One dress for all numbers of a file most often, as a program writes them. */
const numberDresses = fc.oneof(
  numberDress.map((one) => Array.from({ length: hitFields.length }, () => one)),
  fc.array(numberDress, { minLength: hitFields.length, maxLength: hitFields.length }),
);

/** Rows of six whole numbers within their limits in a layout, each as a canonical line, too. */
export const rowsInDress: fc.Arbitrary<{
  readonly layout: CsvLayout;
  readonly text: string;
  readonly canonical: readonly string[];
}> = fc
  .record({
    spec: layoutSpec,
    moreField: fc.constantFrom('none', 'empty', 'row name'),
    hasManyCr: fc.boolean(),
    dresses: numberDresses,
    notes: fc.array(fc.constantFrom(...notes), { minLength: 4, maxLength: 4 }),
    rows: fc.array(
      fc.tuple(
        fc.oneof({ weight: 4, arbitrary: fc.constant(2) }, { weight: 1, arbitrary: fc.nat(9) }),
        fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.nat(7) }),
        fc.oneof({ weight: 3, arbitrary: fc.nat(129) }, { weight: 1, arbitrary: fc.nat(511) }),
        fc.oneof(fc.nat(99_999), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
        fc.nat(4095),
        fc.nat(31),
      ),
      { maxLength: 20 },
    ),
  })
  .map(({ spec, moreField, hasManyCr, dresses, notes: texts, rows }) => {
    const layout = layoutOfSpec(spec, { hasQuotes: false, moreField, hasManyCr, reading: plainReading });
    const between = spec.delimiter === 'blanks' ? ' ' : spec.delimiter;
    const end = hasManyCr ? '\r\r\n' : moreField === 'empty' ? '\r\n' : '\n';
    const written = rows.map((row) => {
      const fields = spec.names.map((name, column) => {
        const slot = hitFields.findIndex((field) => field === name);
        if (slot < 0) return texts[column % texts.length];
        const { style, digits, isQuoted, before, behind } = dresses[slot];
        const number = styledNumber(row[slot], style, digits);
        const mark = isQuoted && layout.hasQuotes ? '"' : '';
        return ' '.repeat(before) + mark + number + mark + ' '.repeat(behind);
      });
      if (moreField === 'row name') fields.unshift(texts[0]);
      return fields.join(between) + (moreField === 'empty' && spec.delimiter !== 'blanks' ? between : '') + end;
    });
    return { layout, text: written.join(''), canonical: rows.map((row) => row.join(',')) };
  });
