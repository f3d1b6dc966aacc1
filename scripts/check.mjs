// All static checks, each named, every one run even when an earlier one fails.
import { spawnSync } from 'node:child_process';

const checks = [
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '--incremental', 'false']],
  ['eslint', ['node_modules/eslint/bin/eslint.js', '.']],
  ['prettier', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']],
  ['layers', ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src']],
  ['knip', ['node_modules/knip/bin/knip.js']],
  ['notice', ['scripts/binary/notice.mjs', '--check']],
];
const failed = [];
for (const [name, args] of checks) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  console.log(`check ${name}: ${status === 0 ? 'ok' : 'FAILED'}`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
