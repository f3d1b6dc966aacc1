// Runs the tests on other lines of Node, one after the other; arguments are those of scripts/test.mjs
import { spawnSync } from 'node:child_process';
import { fetchNode, nodeLines } from './nodes.mjs';

const failed = [];
for (const line of nodeLines) {
  const { program, version } = fetchNode(line);
  console.log(`Node ${version}`);
  const { status } = spawnSync(program, ['scripts/test.mjs', ...process.argv.slice(2)], { stdio: 'inherit' });
  if (status !== 0) failed.push(version);
}
if (failed.length > 0) {
  console.error(`failed on Node ${failed.join(', ')}`);
  process.exit(1);
}
