import assert from 'node:assert/strict';

/** Code points that a terminal acts on, and some that hide or turn the text around them: first and last of a stretch. */
const acting: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x061c, 0x061c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xe0000, 0xe007f],
];

/** Asserts that nothing in a text but tabs and line ends does something to a terminal. */
export function assertHarmless(text: string): void {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isActing = acting.some(([first, last]) => code >= first && code <= last);
    assert.ok(!isActing, `U+${code.toString(16)} in ${JSON.stringify(text)}`);
  }
}

/** Text that was made to do harm, for property tests: pieces of it among characters of all kinds. */
export const harmfulPieces: readonly string[] = [
  '\x1b[2J',
  '\x1b]0;title\x07',
  '\x9b1m',
  '\n',
  '\r',
  '\t',
  '\x7f',
  '\u202e',
  '\u200b',
  '\u2028',
  '\ud800',
  '\\',
];
