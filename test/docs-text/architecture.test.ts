import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/ARCHITECTURE.md', root), 'utf8');

describe('docs/ARCHITECTURE.md', () => {
  it('has a line for every folder of src, the commands in one', () => {
    const list = page.slice(page.indexOf('## One line per folder'));
    const folders = readdirSync(new URL('src', root), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name, parentPath }) => ({
        name,
        hasCommand: readdirSync(`${parentPath}/${name}`).includes('command.ts'),
      }));
    assert.deepEqual(
      folders
        .filter(({ name, hasCommand }) => !hasCommand && !new RegExp(`\\b${name}/`).test(list))
        .map(({ name }) => name),
      [],
    );
  });

  it('is read at one sitting', () => {
    assert.ok(page.split('\n').length <= 150);
  });
});
