import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** test/tui/golden/ of the sources, seen from the compiled file in <out>/test/tui/. */
const folder = new URL('../../../test/tui/golden/', import.meta.url);

/** Compares a text with the committed one; with UPDATE_GOLDEN=1 writes it instead, to be looked at and committed. */
export function assertGolden(name: string, text: string): void {
  const file = new URL(`${name}.txt`, folder);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.equal(
    text,
    readFileSync(file, 'utf8'),
    `differs from test/tui/golden/${name}.txt (UPDATE_GOLDEN=1 rewrites it)`,
  );
}

/** Columns that a line takes: every character drawn is one UTF-16 unit and one column wide, SGR sequences none. */
export function displayWidth(line: string): number {
  return withoutColor(line).length;
}

export function withoutColor(text: string): string {
  return text.replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
}
