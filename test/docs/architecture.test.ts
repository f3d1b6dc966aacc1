import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../../', import.meta.url);

/** The files that docs/ARCHITECTURE.md lists: a block of lines `file.ts  what it does` under its folder's name. */
function listedFiles(): string[] {
  const files: string[] = [];
  let layer = '';
  let folder = '';
  for (const line of readFileSync(new URL('docs/ARCHITECTURE.md', root), 'utf8').split('\n')) {
    const heading = /^### `(src\/[^`]*)`/.exec(line)?.[1];
    const inner = /^`((?:[\w-]+\/)+)` /.exec(line)?.[1];
    const file = /^([\w.-]+\.ts) +\S/.exec(line)?.[1];
    if (heading !== undefined) layer = folder = heading;
    if (inner !== undefined) folder = layer + inner;
    if (file !== undefined) files.push(folder + file);
  }
  return files;
}

describe('docs/ARCHITECTURE.md', () => {
  it('has a line for every source file, in its folder, and for none that is not there', () => {
    const sources = readdirSync(new URL('src', root), { recursive: true }).map(String);
    const there = sources.filter((file) => file.endsWith('.ts')).map((file) => `src/${file.replaceAll('\\', '/')}`);
    const listed = listedFiles();
    assert.deepEqual(
      {
        unlisted: there.filter((file) => !listed.includes(file)),
        gone: listed.filter((file) => !there.includes(file)),
      },
      { unlisted: [], gone: [] },
    );
    assert.equal(new Set(listed).size, listed.length);
  });
});
