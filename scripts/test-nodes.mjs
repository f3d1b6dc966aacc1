// Runs the tests on other lines of Node, one after the other: npm run test:nodes, npm run test:nodes -- --all
import { spawnSync } from 'node:child_process';
import { fetchNode, nodeLines } from './nodes.mjs';

const failed = [];
for (const line of nodeLines) {
  const { program, version } = fetchNode(line);
  console.log(`Node ${version}`);
  // What ships holds code that one release of Node has compiled.
  const isGood = run(program, 'scripts/build.mjs') && run(program, 'scripts/test.mjs', ...process.argv.slice(2));
  if (!isGood) failed.push(version);
}
run(process.execPath, 'scripts/build.mjs');
if (failed.length > 0) {
  console.error(`failed on Node ${failed.join(', ')}`);
  process.exit(1);
}

function run(program, ...args) {
  return spawnSync(program, args, { stdio: 'inherit' }).status === 0;
}
