// Packs the npm package, installs it into an empty project and uses it there. Dependencies come from npm's registry.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const project = mkdtempSync(join(tmpdir(), 'dtstream-package-'));
try {
  run('npm', ['pack', '--silent', '--pack-destination', project], process.cwd());
  const packed = readdirSync(project).find((name) => name.endsWith('.tgz'));
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}');
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `./${packed}`]);
  const dtstream = (...args) => run('npx', ['--no-install', 'dtstream', ...args]);

  console.log(`version ${dtstream('--version').trim()}`);
  dtstream('simulate', '--rows', '20k', '--out', 'run.csv');
  const summary = JSON.parse(dtstream('process', 'run.csv', '--summary', '--threads', '2'));
  assert.equal(summary.ledger.rows_read, 20_000);
  dtstream('produce', 'run.csv', '--rate', 'max', '--quiet');
  dtstream('process', '--until-end', '--quiet');
  assert.match(dtstream('watch', '--once'), /rows read 20,000/);
  assert.match(dtstream('verify'), /equal over 20,?000 rows/);
  writeFileSync(join(project, 'use.mjs'), useOfTypes());
  run(process.execPath, ['use.mjs']);
  console.log(`${packed} installs, runs and can be imported`);
} finally {
  rmSync(project, { recursive: true, force: true });
}

function run(command, args, cwd = project) {
  const shell = process.platform === 'win32' && command !== process.execPath;
  return execFileSync(command, args, {
    cwd,
    shell,
    encoding: 'utf8',
    timeout: 300_000,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** A message of another program, checked with what the package exports. */
function useOfTypes() {
  return `import * as wire from 'dtstream';
if (!Object.keys(wire).some((name) => name.endsWith('Schema'))) throw new Error('no schema is exported');`;
}
