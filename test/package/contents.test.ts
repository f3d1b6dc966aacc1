import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);

/** What npm would pack, by path. */
function packedPaths(): string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline', '--loglevel=error'];
  const options = { cwd: fileURLToPath(root), encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const [{ files }] = JSON.parse(execFileSync('npm', args, options)) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

describe('the npm package', () => {
  it('has the program, its types and the docs, and nothing else', () => {
    const paths = packedPaths();
    const wanted =
      /^(package\.json|README\.md|LICENSE|NOTICE|docs\/[^/]+\.(md|json|svg)|docs\/decisions\/[^/]+\.md|dist\/src\/domain\/[\w-]+\.(js|d\.ts)|dist\/bin\/([\w-]+\.js|kernel\.wasm|package\.json))$/;
    assert.deepEqual(paths.filter((path) => !wanted.test(path)), []); // prettier-ignore
    for (const path of [
      'dist/bin/cli.js',
      'dist/bin/thread.js',
      'dist/bin/kernel.wasm',
      'dist/src/domain/batch-message.d.ts',
    ]) {
      assert.ok(paths.includes(path), path);
    }
  });

  it('runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: object };
    const hooks = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
    assert.deepEqual(Object.keys(scripts).filter((name) => hooks.includes(name)), []); // prettier-ignore
  });
});
