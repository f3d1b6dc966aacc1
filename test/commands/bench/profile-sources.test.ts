import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withSourceFiles } from '../../../src/commands/bench/profile-sources.js';

/** A call of a function of the bundle, as V8 writes it into a profile. */
function callOf(file: string, functionName: string): { functionName: string; url: string; lineNumber: number } {
  const url = new URL(`../../../bin/${file}`, import.meta.url);
  const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n');
  const lineNumber = lines.findIndex((line) => /function\*? (\w+)\(/.exec(line)?.[1] === functionName);
  assert.ok(lineNumber > 0, `${functionName} is in ${file}`);
  return { functionName, url: url.href, lineNumber };
}

describe('withSourceFiles', () => {
  it('says of a call in the bundle which source file it is from, and leaves others as they are', () => {
    const calls = [
      callOf('thread.js', 'decodeText'),
      callOf('thread.js', 'routeRows'),
      callOf('worker.js', 'atomicsWaitLoop'),
      callOf('direct.js', 'processDirect'),
      { functionName: 'readFileSync', url: 'node:fs', lineNumber: 400 },
      { functionName: 'here', url: import.meta.url, lineNumber: 9 },
    ];
    const nodes = calls.map((callFrame, id) => ({ id, callFrame }));
    const named = withSourceFiles({ nodes, startTime: 0, endTime: 0, samples: [], timeDeltas: [] }).nodes;
    assert.deepEqual(
      named.map(({ callFrame: { url } }, i) => url.replace(`${calls[i].url}/`, '')),
      [
        'src/compute/decode-text.ts',
        'src/compute/route.ts',
        'node_modules/piscina/dist/worker.js',
        'src/pipeline/direct/direct.ts',
        'node:fs',
        import.meta.url,
      ],
    );
  });
});
