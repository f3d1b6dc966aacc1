/**
 * The dashboard: `dtstream watch` in a pseudo-terminal, with a simulated detector behind it. Time to its frames, bytes,
 * processor time, and memory after a day. Writes its section of docs/benchmarks.md; benchmarks/watch/ has the parts.
 *
 * Usage: npm run bench:watch [-- --rounds N --scale SHARE --page FILE]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sayMissed } from './common/bounded-table.js';
import { environmentText } from './common/child-environment.js';
import { partFlags, runText } from './common/part-flags.js';
import { dtstream } from './common/program.js';
import { machineLine, writeSection } from './common/report-section.js';
import { simulatedFile } from './common/simulated-file.js';
import { inTemporaryFolder } from './common/temporary-folder.js';
import { timedRun } from './common/timed-run.js';
import { figureTables, pagesTable, statesText } from './watch/figures.js';
import { type MeasuredRound, measureRound, middle, type RoundPlan } from './watch/round.js';

const folder = 'build';
const flags = partFlags('watch', 1);
const { rounds, scale } = flags;
/** Twelve minutes of the detector: a reference of ten finds everything. */
const rows = 4_000_000;
const spanS = 60 * scale;
const plan: RoundPlan = {
  fillS: 60 * scale,
  starts: 5,
  keyTurns: 3,
  survey: { warmUpS: 35 * scale, spans: [spanS] },
  calm: { warmUpS: 35 * scale, spans: [spanS, spanS] },
  soak: { pastMinutes: Math.max(5, Math.round(24 * 60 * scale)), liveS: 180 * scale },
};

if (process.platform !== 'linux')
  throw new Error(`the benchmark reads /proc of Linux, and this is ${process.platform}`);
const machine = machineLine();
const file = await simulatedFile(folder, 'csv', rows);
const measured: MeasuredRound[] = [];
await inTemporaryFolder(async (temporary) => {
  const reference = join(temporary, 'reference.json');
  await makeReference(file, reference, temporary);
  for (let round = 0; round < rounds; round++) measured.push(await measureRound({ file, reference }, plan));
});
process.stderr.write('\n');

const { figures, time, bytes, processor, memory } = figureTables(measured);
const [{ soak }] = measured;
const size = `${middle.columns}x${middle.rows}`;
const section = `## Dashboard

${machine}
${runText(flags)}
${environmentText}

\`dtstream watch --reference FILE\` runs in a pseudo-terminal of Python that reads everything at once, as \`xterm-256color\` with UTF-8. \`produce --rate detector\` and \`process --threads 2\` run beside it, on an embedded log of four chambers at about 5,500 rows/s: messages of about 59 kB each second, or 18 kB ten times per second, orbits listed. ${statesText(measured)}

### Time

At 1 message per second, after ${plan.fillS} s of messages, ${size}. A frame has come when its last byte is read; a key is pressed shortly after a frame, and \`1\` to \`6\` ${plan.keyTurns} times.

${time}

### Bytes

All pages run at the same time, for ${plan.survey.warmUpS} s without a key and then the ${spanS} s that are counted. Idle: the last message came minutes ago. Frozen: space was pressed, and messages continue to come at 1 per second; the first half minute does not count. A change of page has what is written within 0.3 s after its key.

${bytes}

Each page:

${pagesTable(measured)}

### CPU

${size}, user and system time of all threads, in percent of one core, over ${spanS} s twice after ${plan.calm.warmUpS} s of standing: the overview, and the other page that took most while the bytes were counted. These ${measured[0].calm.length} run together, beside the two detectors.

${processor}

### Memory

After ${plan.soak.pastMinutes / 60} hours at 10 messages per second, in short: ${soak.kinds.toLocaleString('en-US')} messages of \`process\`, moved to consecutive orbits, rows and moments, are written into an embedded log while \`watch\` (${size}) reads it. The past has a message per 12 s, which has the hits of 120, and is written at 100 messages per second; all pages are shown; then messages come at 10 per second for ${plan.soak.liveS} s, in which the memory is read ${soak.memory.length} times: it goes up and down with each collection of garbage. The history of \`watch\` is as after the whole: its newest 600 messages, and each minute before them. ${soak.fed.messages.toLocaleString('en-US')} messages with ${soak.fed.hits.toLocaleString('en-US')} hits; the snapshot of the key \`s\` has all of them and ${soak.alarms === 0 ? 'no alarm' : `${soak.alarms} alarms`}.

${memory}
`;
await writeSection(flags.page, 'watch', section);
console.log(section);
sayMissed(figures);

/** A reference made of a file. */
async function makeReference(input: string, reference: string, temporary: string): Promise<void> {
  const { stdout } = await timedRun(dtstream('process', '--quiet', '--orbit-detail', 'none', input));
  const messages = join(temporary, 'messages.ndjson');
  writeFileSync(messages, stdout);
  await timedRun(['sh', '-c', '"$@" < "$0"', messages, ...dtstream('reference', '-', '--quiet', '--out', reference)]);
}
