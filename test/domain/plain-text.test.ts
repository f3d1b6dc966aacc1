import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Canvas } from '../../src/tui/draw/canvas.js';
import { plainText } from '../../src/domain/plain-text.js';

describe('foreign text', () => {
  it('keeps names as people write them', () => {
    assert.equal(plainText('dtstream/0'), 'dtstream/0');
    assert.equal(plainText('Müller e\u0301tude Ω мюон'), 'Müller étude Ω мюон');
  });

  it('loses escapes, controls, tags, bidirectional, combining and wide characters', () => {
    assert.equal(plainText('\u001b[31mred\u0007\r\n\u009b2J'), '?[31mred????2J');
    assert.equal(plainText('{red-fg}{bold}'), '(red-fg)(bold)');
    assert.equal(plainText('a\u202eb\u200dc\u0300\u0300d'), 'a?b?c??d');
    assert.equal(plainText('宽😀|'), '??|');
    assert.equal(plainText('\ud800x'), '?x');
  });

  it('is cut to the columns it may take', () => {
    assert.equal(plainText('abcdef', 4), 'abc~');
    assert.equal(plainText('x'.repeat(1e6), 10).length, 10);
  });

  it('cannot leave the canvas even when nobody cleaned it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: -9, max: 9 }), (text, x) => {
        const canvas = new Canvas({ width: 8, height: 2 });
        canvas.part({ x: 1, y: 0, width: 4, height: 1 }).put(x, 0, text);
        const lines = canvas.toLines({ color: 'none', ascii: false });
        assert.equal(lines.length, 2);
        assert.equal(lines[1], '');
        const line = lines[0].padEnd(8);
        assert.match(line, /^ .{4} {3}$/);
        assert.doesNotMatch(line, /[\p{C}\p{M}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('is cut at all four edges of the canvas', () => {
    const canvas = new Canvas({ width: 4, height: 2 });
    canvas.put(-2, 0, 'abcdefgh');
    canvas.put(0, -1, 'above');
    canvas.put(0, 2, 'below');
    assert.deepEqual(canvas.toLines({ color: 'none', ascii: false }), ['cdef', '']);
  });
});
