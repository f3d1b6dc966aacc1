/**
 * What a terminal may act on, or what hides or turns text around it: controls (C0 but the tab, DEL, C1), format
 * characters (directions, joiners, tags) and all others of no width, separators of lines, and halves of a pair that stand
 * alone.
 */
const unsafe = /[^\P{Cc}\t]|[\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text as one line in which every character is visible and none acts on a terminal: `a\x1b[2Jb`, `first\nsecond`,
 * `\u{202e}`. Visible text does not change, so applying this twice has no further effect.
 */
export function visibleText(text: string): string {
  return text.replace(unsafe, escapeOf);
}

/**
 * A value as JSON that means the same and shows everything: `"a\u009bb"`.
 *
 * @param indent blanks a level; without it all is one line
 */
export function visibleJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  return text.split('\n').map(visibleJsonLine).join('\n');
}

/** A line that is JSON, or should be, with escapes of JSON: those in its strings mean the same. */
export function visibleJsonLine(line: string): string {
  return line.replace(unsafe, (character) =>
    // A character is one or two units.
    Array.from({ length: character.length }, (_, index) => `\\u${hexOf(character.charCodeAt(index), 4)}`).join(''),
  );
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${hexOf(code, 2)}` : `\\u{${hexOf(code, 4)}}`;
}

function hexOf(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
