import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';

it('the peak memory of a process is its own, also when the one that started it is large', () => {
  const large = Buffer.alloc(300e6, 1);
  const script = `import(${JSON.stringify(new URL('../../../src/commands/child/peak-memory.js', import.meta.url).href)})
    .then(({ peakMemoryBytes }) => console.log(peakMemoryBytes()))`;
  const bytes = Number(execFileSync(process.execPath, ['--eval', script], { encoding: 'utf8' }));
  assert.ok(bytes > 10e6 && bytes < large.length, `must be that of an empty program, got ${bytes}`);
});
