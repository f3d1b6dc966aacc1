/**
 * dtstream and other programs on the same Kafka topic, one row a message as the first system had it. All must find the
 * same numbers before any time counts. Writes its section of docs/benchmarks.md; benchmarks/topic/ has the parts, benchmarks/peers/
 * the other programs.
 *
 * Usage: npm run bench:peers [-- --rounds N --scale SHARE --page FILE]
 */
import { physicsModes } from '../src/domain/physics-settings.js';
import { openKafkaLog } from '../src/transport/kafka/kafka-log.js';
import { environmentText } from './common/child-environment.js';
import { partFlags, runText } from './common/part-flags.js';
import { dtstream, lastLine } from './common/program.js';
import { machineLine, markdownTable, writeSection } from './common/report-section.js';
import { formatSpread, type Spread, spreadOf } from './common/spread.js';
import { timedRun } from './common/timed-run.js';
import { assertSameTotals, parseTotals, type Totals } from './common/totals.js';
import { startBroker } from './topic/broker.js';
import { publishedTotals } from './topic/published-totals.js';
import { installTopicPeers, type TopicPeer, topicPeerVersions } from './topic/topic-peers.js';

const flags = partFlags('peers', 3);
const { rounds, scale } = flags;
const rows = 1_000_000 * scale;
const partitions = 10;
const topic = 'data_raw';
const threads = 2;
/** dtstream by what it counts: what the others count first. */
const ownNames = { off: 'dtstream', counts: 'dtstream, physics counts', full: 'dtstream, physics full' } as const;
/** Batches as the first system had them: 1000 rows/s and 5000 rows/s, one per second. */
const batchRows = 5000;
/** A stream of so many rows is enough to time its batches. */
const streamRows = Math.min(rows, 100_000);

interface Times {
  /** From the start of the process to its end. */
  readonly seconds: number[];
  /** Without its start: from when Spark or Python with its libraries is up. */
  readonly ownSeconds: number[];
  readonly cpuSeconds: number[];
}

const machine = machineLine();
const { peers, sparkStream, missing } = installTopicPeers('build');
const broker = await startBroker();
const log = await openKafkaLog({ brokers: [broker.brokers] });
let section: string;
try {
  section = await measure();
} finally {
  await log.close();
  await broker.close();
}
await writeSection(flags.page, 'peers', section);
console.log(section);

async function measure(): Promise<string> {
  process.stderr.write('writing the topic\n');
  await produce(topic, rows);
  const names = [...Object.values(ownNames), ...peers.map(({ name }) => name)];
  const times = new Map(names.map((name): [string, Times] => [name, { seconds: [], ownSeconds: [], cpuSeconds: [] }]));
  for (let round = 0; round < rounds; round++) {
    const found: Totals[] = [];
    for (const physics of physicsModes) {
      const group = `peers-${round}-${physics}`;
      const own = await timedRun(processCommand(topic, group, ['--physics', physics, '--orbit-detail', 'none']));
      const totals = parseTotals(JSON.stringify((await publishedTotals(log, group)).summary));
      if (totals.ledger?.rows_read !== rows) {
        throw new Error(`dtstream must read ${rows} rows, got ${totals.ledger?.rows_read}`);
      }
      found.push(totals);
      assertSameTotals(ownNames[physics], found[0], totals);
      note(ownNames[physics], own, own.seconds);
    }
    const [ours] = found;
    for (const peer of peers) {
      const run = await timedRun(peer.command({ brokers: broker.brokers, topic }));
      // Spark may say something on stdout before.
      const printed = lastLine(run.stdout);
      const totals = parseTotals(printed);
      assertSameTotals(peer.name, ours, totals);
      note(peer.name, run, secondsOf(printed));
    }
  }
  process.stderr.write('\n');
  const batches = sparkStream === undefined ? undefined : await compareBatches(sparkStream(batchRows));
  return report(times, batches);

  function note(name: string, run: { readonly seconds: number; readonly cpuSeconds: number }, seconds: number): void {
    const list = times.get(name);
    list?.seconds.push(run.seconds);
    list?.ownSeconds.push(seconds);
    list?.cpuSeconds.push(run.cpuSeconds);
    process.stderr.write('.');
  }
}

/** Times of batches of so many rows, of Spark and of dtstream, ms. */
interface BatchTimes {
  readonly spark: Spread;
  /** From the last row of the batch to its message. */
  readonly compute: Spread;
}

async function compareBatches(peer: TopicPeer): Promise<BatchTimes> {
  process.stderr.write('batches\n');
  const streamTopic = 'data_raw_stream';
  await produce(streamTopic, streamRows);
  const group = 'peers-stream';
  await timedRun(processCommand(streamTopic, group, ['--physics', 'off', '--batch-rows', String(batchRows)]));
  const { summary, messages } = await publishedTotals(log, group);
  const run = await timedRun(peer.command({ brokers: broker.brokers, topic: streamTopic }));
  const printed = lastLine(run.stdout);
  assertSameTotals(peer.name, parseTotals(JSON.stringify(summary)), parseTotals(printed), ['tdc_counts_chamber']);
  const { batch_ms } = JSON.parse(printed) as { readonly batch_ms: readonly number[] };
  const computed = messages.filter(({ ledger }) => ledger.rows_read > 0).map(({ batch }) => batch.compute_ms ?? NaN);
  return { spark: spreadOf(batch_ms), compute: spreadOf(computed) };
}

async function produce(name: string, limit: number): Promise<void> {
  const args = ['produce', '--quiet', '--brokers', broker.brokers, '--topic', name, '--partitions', partitions];
  await timedRun(dtstream(...args, '--rate', 'max', '--limit', limit));
}

function processCommand(name: string, group: string, more: readonly string[]): string[] {
  const args = ['process', '--quiet', '--until-end', '--brokers', broker.brokers, '--topic', name, '--group', group];
  return dtstream(...args, '--threads', threads, ...more);
}

function secondsOf(printed: string): number {
  return (JSON.parse(printed) as { readonly seconds: number }).seconds;
}

function report(times: ReadonlyMap<string, Times>, batches: BatchTimes | undefined): string {
  const ours = times.get(ownNames.off);
  const oursSeconds = spreadOf(ours?.seconds ?? [NaN]).median;
  const oursCpu = spreadOf(ours?.cpuSeconds ?? [NaN]).median;
  const table = markdownTable(
    [
      'program',
      'seconds',
      'without its start',
      'thousand rows/s',
      'dtstream is faster by',
      'CPU seconds',
      'dtstream takes less CPU by',
    ],
    [...times].map(([name, { seconds, ownSeconds, cpuSeconds }]) => {
      const [all, own, cpu] = [seconds, ownSeconds, cpuSeconds].map(spreadOf);
      const isOurs = Object.values<string>(ownNames).includes(name);
      const fasterBy = `${(all.median / oursSeconds).toFixed(1)} ×`;
      return [
        name,
        formatSpread(all, 2),
        isOurs ? '' : formatSpread(own, 2),
        Math.round(rows / all.median / 1000).toLocaleString('en-US'),
        name === ownNames.off ? '' : isOurs ? fasterBy : `${fasterBy} (${(own.median / oursSeconds).toFixed(1)} ×)`,
        formatSpread(cpu, 2),
        name === ownNames.off ? '' : `${(cpu.median / oursCpu).toFixed(1)} ×`,
      ];
    }),
  );
  const batchText =
    batches === undefined
      ? ''
      : `\nBatches of ${batchRows.toLocaleString('en-US')} rows: Spark takes ${formatSpread(batches.spark, 0)} ms per batch, start to end; dtstream ${formatSpread(batches.compute, 0)} ms from the last row of a batch to its message. Spark's batches cut orbits, so only the sums of hits by channel are compared there; they are the same.\n`;
  return `## The same topic, other programs

${machine}
${runText(flags)}
${environmentText}

Kafka ${broker.version} on the same machine holds ${rows.toLocaleString('en-US')} simulated rows, one per message, in ${partitions} partitions. Every program starts as a new process, reads all of them, and counts the hits of each channel and, for each chamber, the orbits by their number of active channels; dtstream also commits its messages and offsets in transactions. All programs find the same numbers; with \`--physics counts\` or \`full\` dtstream finds those of [physics](physics.md), too, and without a word on it runs with \`--physics off\`. Peers: ${topicPeerVersions()},
as in \`benchmarks/peers/\`. In brackets: dtstream with its start compared with the peer without its start.

${table}
${batchText}${missing.map((why) => `\nNot measured: ${why}.\n`).join('')}`;
}
