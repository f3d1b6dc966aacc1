import type { PartitionState, Transport } from '../../transport/transport.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** Nothing of dtstream is older. */
const sinceMs = Date.parse('2025-01-01T00:00:00Z');
const untilMs = Date.parse('2100-01-01T00:00:00Z');
/** Clocks that differ by less do not matter to anybody. */
const aheadMsMax = 2000;
const readWaitMs = 1000;
/** The last offsets of a topic may be markers of transactions. */
const lookBack = 16;

/** Whether the clock can be right. @param nowMs ms since 1970 */
export function checkClock(nowMs: number): Finding {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const text = `${new Date(nowMs).toISOString()}, time zone ${zone}`;
  if (nowMs >= sinceMs && nowMs < untilMs) return ok('clock', text);
  return fail('clock', text, 'set the clock and synchronise it with NTP (timedatectl set-ntp true)');
}

/** Whether the newest messages of topics come from the future, as when clocks differ. */
export async function checkNewest(log: Transport, topics: readonly string[], nowMs: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  const found = await log.topics(topics);
  for (const topic of topics) {
    const { partitions } = found.find((state) => state.topic === topic) ?? { partitions: [] };
    const newestMs = await newestOf(log, topic, partitions);
    if (newestMs === undefined) continue;
    const aheadMs = newestMs - nowMs;
    if (aheadMs <= aheadMsMax) {
      findings.push(ok('clock', `the newest message of ${topic} is from ${new Date(newestMs).toISOString()}`));
      continue;
    }
    const text = `the newest message of ${topic} is ${(aheadMs / 1000).toFixed(0)} s in the future`;
    const advice =
      'the clock of this machine or of the writer is wrong: synchronise both with NTP (timedatectl set-ntp true)';
    findings.push(warn('clock', text, advice));
  }
  return findings;
}

async function newestOf(
  log: Transport,
  topic: string,
  partitions: readonly PartitionState[],
): Promise<number | undefined> {
  const from = new Map(
    partitions
      .filter(({ first, end }) => end > first)
      .map(({ partition, first, end }) => [partition, Math.max(first, end - lookBack)]),
  );
  if (from.size === 0) return undefined;
  const reader = await log.openReader(topic, from, [...from.keys()]);
  try {
    const batches = await reader.read({ bytesMax: 1 << 20, waitMs: readWaitMs });
    return batches.length === 0 ? undefined : Math.max(...batches.map(({ timestampMs }) => timestampMs));
  } finally {
    await reader.close();
  }
}
