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
  return fc
    .tuple(rows(first), fc.array(part, { maxLength: 3 }))
    .map(([text, parts]) => Buffer.from(text + parts.join(''), 'latin1').toString('latin1'));
}

function dressed(
  hostile: string,
  { delimiter, names }: LayoutSpec,
  { quoted, padded, extra, noise, noiseAt, end }: typeof dress extends fc.Arbitrary<infer T> ? T : never,
): string {
  const line = hostile.split('\n')[0];
  const own = line.replace(/\r$/, '').split(',');
  const between = delimiter === 'blanks' ? ' ' : delimiter;
  const upper = names.map((name) => name.toUpperCase());
  // Lines without six fields stay what they are, for the most part.
  const picked =
    own.length === hitFields.length
      ? upper.map((name) => own[hitFields.findIndex((field) => field === name)] ?? '7')
      : own;
  const written = picked.map((field, index) => {
    const inQuotes = index === quoted ? `"${field}"` : field;
    return index === padded ? ` ${inQuotes}  ` : inQuotes;
  });
  if (extra === 'trailing') written.push('');
  if (extra === 'name') written.unshift(noiseAt % 2 === 0 ? '12' : '"a b"');
  if (extra === 'missing') written.pop();
  const text = written.join(between);
  return text.slice(0, noiseAt) + noise + text.slice(noiseAt) + end;
}
