import { parseArgs } from 'node:util';
import { wholeNumber } from '../../src/commands/flags/quantity.js';
import { type FuzzTask, runFuzz } from './run-fuzz.js';

/*
 * npm run fuzz                                   10 M rows and 1 M batches of a seed of its own
 * npm run fuzz -- --seed 7 --rows 0              the batches of a seed
 * npm run fuzz -- --seed 7 --from 1234 …         on from a case, as a failure names it
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10M' },
    batches: { type: 'string', default: '1M' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    from: { type: 'string', default: '0' },
  },
});
const count = wholeNumber(0);
const common = { seed: count(values.seed), from: count(values.from) };
const tasks: FuzzTask[] = [
  { ...common, kind: 'rows', until: count(values.rows) },
  { ...common, kind: 'batches', until: count(values.batches) },
];
const sayEveryMs = 10_000;

for (const task of tasks.filter(({ until }) => until > 0)) {
  console.error(`fuzz: ${task.kind}, seed ${task.seed}, from case ${task.from}`);
  const startMs = performance.now();
  let saidMs = startMs;
  const { cases, batches, rows } = await runFuzz(task, (progress) => {
    if (performance.now() - saidMs < sayEveryMs) return;
    saidMs = performance.now();
    console.error(
      `fuzz: ${progress.cases} cases, ${progress.batches} batches, ${progress.rows} rows, ${Math.round((saidMs - startMs) / 1000)} s`,
    );
  });
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(
    `${task.kind}: ${cases} cases, ${batches} batches, ${rows} rows, every one as the model has it, seed ${task.seed}, ${seconds} s`,
  );
}
