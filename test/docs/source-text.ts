import { readdirSync, readFileSync } from 'node:fs';

const src = new URL('../../../src/', import.meta.url);

/** All sources of the program in one text. */
export function sourceText(): string {
  return readdirSync(src, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, src), 'utf8'))
    .join('\n');
}
