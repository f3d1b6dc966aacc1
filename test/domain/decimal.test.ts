import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Decimals, parseDecimal } from '../../src/domain/decimal.js';

const into = new Decimals(2);

/** What a text says: whole part, whether something is behind the point, sign; undefined when it is no number. */
function parsed(text: string): readonly [whole: number, fraction: number, negative: number] | undefined {
  const bytes = Buffer.from(text, 'latin1');
  if (parseDecimal(bytes, 0, bytes.length, into, 1) !== bytes.length) return undefined;
  return [into.whole[1], into.fraction[1], into.negative[1]];
}

describe('parseDecimal', () => {
  it('reads a sign, decimals and an exponent, with blanks around', () => {
    for (const [text, ...expected] of [
      ['2.500000000000000000e+09', 2_500_000_000, 0, 0],
      [' +7\t', 7, 0, 0],
      ['25e-1', 2, 1, 0],
      ['-0.0e5', 0, 0, 0],
      ['-0.001E2', 0, 1, 1],
      ['0.0012345e6', 1234, 1, 0],
      ['12.50e1', 125, 0, 0],
      ['000e999999999999999999999', 0, 0, 0],
      ['1e-999999999999999999999', 0, 1, 0],
      ['4294967295', 4_294_967_295, 0, 0],
    ] as const) {
      assert.deepEqual(parsed(text), expected, text);
    }
    assert.ok((parsed('1e400')?.[0] ?? 0) > 2 ** 53);
  });

  it('finds no number in anything else', () => {
    for (const text of [
      '',
      ' ',
      '+',
      '-',
      '.5',
      '5.',
      '5.e1',
      'e1',
      '1e',
      '1e+',
      '1e1.5',
      '1e 1',
      '1 e1',
      '+-1',
      '1,0',
      '0x1',
      'NaN',
      '١',
    ]) {
      assert.equal(parsed(text), undefined, text);
    }
  });

  it('stops behind the number and its blanks, and looks at no byte beyond the end', () => {
    const bytes = Buffer.from('12e34 ,5');
    assert.equal(parseDecimal(bytes, 0, bytes.length, into, 0), 6);
    assert.equal(parseDecimal(bytes, 0, 4, into, 0), 4);
    assert.equal(into.whole[0], 12_000);
    assert.equal(parseDecimal(bytes, 0, 3, into, 0), -1);
    assert.equal(parseDecimal(bytes, 0, 1, into, 0), 1);
  });

  it('says the same whichever way a number is written', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(30), fc.nat(30), fc.boolean(), (value, zeros, shift, isNegative) => {
        const sign = isNegative && value > 0 ? '-' : '';
        const digits = `${'0'.repeat(zeros)}${value}${'0'.repeat(shift)}`;
        const point = digits.length - shift;
        const texts = [
          `${sign}${digits}e-${shift}`,
          `${sign}${digits.slice(0, point)}.${digits.slice(point)}0`,
          `${sign}0.${digits}E+${point}`,
        ];
        for (const text of texts) assert.deepEqual(parsed(text), [value, 0, sign === '' ? 0 : 1], text);
      }),
    );
  });

  it('reads a line full of digits and an exponent that long', () => {
    assert.deepEqual(parsed(`${'9'.repeat(1 << 20)}e-${'9'.repeat(1 << 20)}`), [0, 1, 0]);
  });
});
