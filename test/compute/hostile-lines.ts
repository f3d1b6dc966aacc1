import fc from 'fast-check';
import { csvHeader, hitFields } from '../../src/domain/hit.js';
import { lineArbitrary, writeLine } from '../model/line-arbitrary.js';

/** Values at the borders of every rule and of every width that a decoder may treat in its own way. */
const edgeNumbers = [
  ...['0', '1', '2', '7', '8', '9', '10', '31', '32', '63', '99', '100', '127', '128', '511', '512', '999', '1000'],
  ...['4095', '4096', '9999', '10000', '18504', '99999999', '999999999', '2500000000', '3999999999', '4000000000'],
  ...['4294967295', '4294967296', '5000000000', '9999999999', '10000000000', '99999999999999999999'],
  ...['00', '007', '0000000002', '-0', '-1', '-9', '3.5', '31.99', '-0.5', '2.0', '1.', '.5', '-', '', ' 1', '1\t'],
  ...['+2', '+0', '-+1', '2e0', '2.0e+00', '20E-1', '25e-1', '2e', '1e400', '0e999999999', '1e-999999999', '2.5e9'],
];
const alphabet = Array.from('0123456789,,,--..++eE \t\r\nHp";/:\u0000\u00b2');

/** Six plain numbers, but one of them at an edge. */
const edgeLine = fc
  .tuple(fc.constantFrom(2, 2, 0, 7, 8), fc.nat(5), fc.constantFrom(...edgeNumbers))
  .map(([head, field, edge]) => [head, 0, 72, 46_758, 279, 18].with(field, NaN).join().replace('NaN', edge));

/** Six plain numbers as an object, its names in any order and case, with one value or name at an edge. */
const objectLine = fc
  .tuple(
    fc.shuffledSubarray([...hitFields], { minLength: 5, maxLength: 6 }),
    fc.constantFrom<unknown>(...edgeNumbers, ...edgeNumbers.map(Number), null, true, [2], { a: '"' }, '\u{132}'),
    fc.constantFrom('HEAD', 'head', 'TDC_MEAS ', 'ORBIT_CNT', 'time', '\u{e9}', ''),
    fc.boolean(),
  )
  .map(([names, edge, name, isText]) => {
    const plain = { HEAD: 2, FPGA: 0, TDC_CHANNEL: 72, ORBIT_CNT: 46_758, BX_COUNTER: 279, TDC_MEAS: 18 };
    const entries = names.map((field) => [field, isText ? String(plain[field]) : plain[field]] as const);
    return Buffer.from(JSON.stringify(Object.fromEntries([...entries, [name, edge]]))).toString('latin1');
  });

const modelLine = fc
  .tuple(
    lineArbitrary({ disorder: 40, corrupt: true }),
    fc.oneof(fc.nat(99), fc.nat(2 ** 31), fc.integer({ min: 2 ** 31, max: 2 ** 32 - 1 })),
  )
  .map(([spec, orbit]) => writeLine(spec, orbit).text);

const headerLine = fc.constantFrom(csvHeader, csvHeader.toLowerCase(), csvHeader.replaceAll(',', ' ,\t'));

/** A line with up to two characters replaced, added or taken away. */
const mutatedLine = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: modelLine },
      { weight: 1, arbitrary: objectLine },
      { weight: 1, arbitrary: headerLine },
    ),
    fc.array(fc.tuple(fc.nat(40), fc.constantFrom(...alphabet), fc.nat(1)), { maxLength: 2 }),
  )
  .map(([line, edits]) =>
    edits.reduce((text, [at, character, cut]) => text.slice(0, at) + character + text.slice(at + cut), line),
  );

/** What may stand after a line in place of its end, or after it: nothing most often. */
const holes = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 90 }) },
);

/** Text of lines with holes in between or inside, see {@link hostileText}. */
export const holedText: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.oneof(modelLine, mutatedLine), holes, fc.constantFrom('\n', '\r\n', '')), { maxLength: 30 })
  .map((lines) => lines.map(([text, hole, end]) => text + '\0'.repeat(hole) + (hole > 1 ? end : '\n')).join(''))
  .map((text) => (text === '' || text.endsWith('\n') ? text : `${text}\n`));

/** Text of lines, most of them almost right, some of them objects, every one with its LF or CRLF. Bytes above 127 come as Latin-1. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.oneof(modelLine, mutatedLine, edgeLine, objectLine), fc.constantFrom('\n', '\n', '\r\n')), {
    maxLength: 30,
  })
  .map((lines) => lines.map(([text, end]) => text + end).join(''));
