import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { visibleJson, visibleJsonLine, visibleText } from '../../src/domain/visible-text.js';
import { assertHarmless, harmfulPieces } from '../helpers/assert/assert-harmless.js';
import { casesOf } from '../helpers/random/cases-of.js';

/** Half of all characters are of the dangerous kinds. */
const hostileText = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...harmfulPieces)))
  .map((parts) => parts.join(''));

describe('visible text', () => {
  for (const [text, visible] of [
    ['run.csv: Müller мюон 宽😀 e\u0301', 'run.csv: Müller мюон 宽😀 e\u0301'],
    ['a\tb', 'a\tb'],
    ['a\x1b[2Jb', String.raw`a\x1b[2Jb`],
    ['a\x1b]0;title\x07b', String.raw`a\x1b]0;title\x07b`],
    ['a\x9b2Jb\x7f\x00', String.raw`a\x9b2Jb\x7f\x00`],
    ['first\r\nsecond', String.raw`first\r\nsecond`],
    ['a\u202egnp.csv', String.raw`a\u{202e}gnp.csv`],
    ['a\u200bb\u2028c\ufeffd\u{e0041}', String.raw`a\u{200b}b\u{2028}c\u{feff}d\u{e0041}`],
    ['a\ufe0fb\u3164c', String.raw`a\u{fe0f}b\u{3164}c`],
    ['half \ud83d of a pair', String.raw`half \u{d83d} of a pair`],
    [String.raw`C:\new\x1b`, String.raw`C:\new\x1b`],
  ] as const) {
    it(`of ${JSON.stringify(text)} is ${visible}`, () => assert.equal(visibleText(text), visible));
  }

  it('is one line on which nothing acts, and does not change a second time', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const visible = visibleText(text);
        assertHarmless(visible);
        assert.ok(!visible.includes('\n'));
        assert.equal(Buffer.from(visible).toString(), visible);
        assert.equal(visibleText(visible), visible);
      }),
      { numRuns: casesOf(1000) },
    );
  });
});

describe('visible JSON', () => {
  it('means the same, and only its line ends are controls', () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, hostileText), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = visibleJson(value, indent);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assertHarmless(text);
        assert.equal(text.includes('\n'), indent !== undefined && Object.keys(value).length > 0);
      }),
      { numRuns: casesOf(1000) },
    );
  });

  it('of somebody else is one line, also where it is none', () => {
    assert.equal(visibleJsonLine('{"a":"\x9b2J\u{e0041}"}'), String.raw`{"a":"\u009b2J\udb40\udc41"}`);
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = visibleJsonLine(text);
        assertHarmless(line);
        assert.ok(!line.includes('\n'));
      }),
    );
  });
});
