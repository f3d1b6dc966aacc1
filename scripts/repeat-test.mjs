// Runs tests repeatedly, to find those that fail by chance: npm run test:repeat -- 10 trouble/three-brokers
import { spawnSync } from 'node:child_process';

const [times, ...filters] = process.argv.slice(2);
const timesMax = 1000;
if (!(Number(times) >= 1 && Number(times) <= timesMax) || filters.length === 0) {
  console.error(
    `usage: npm run test:repeat -- TIMES PART-OF-PATH…, TIMES from 1 to ${timesMax}, got ${times ?? 'none'}`,
  );
  process.exit(2);
}
for (let round = 1; round <= Number(times); round++) {
  console.log(`round ${round} of ${times}`);
  const { status } = spawnSync(process.execPath, ['scripts/test.mjs', ...filters], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
