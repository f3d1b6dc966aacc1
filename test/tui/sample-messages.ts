import type { BatchMessage } from '../../src/domain/batch-message.js';

/** When the sample stream begins, ms since 1970. */
export const sampleStartMs = Date.UTC(2024, 0, 15, 12, 0, 0);

/** A generator of numbers in [0, 1) that is the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Batch number `id` of a stream of one batch a second, with muons, noise, a hot and a dead channel. */
export function sampleMessage(id: number, options: { producer?: string; orbitCount?: number } = {}): BatchMessage {
  const { producer = 'dtstream/0', orbitCount = 150 } = options;
  const random = seededRandom(id * 7919 + producer.length);
  const orbitFirst = 3_000_000_000 + id * 11_223;
  const chambers = [0, 1, 2, 3].map((chamber) => sampleChamber(chamber, { random, orbitFirst, orbitCount }));
  const hits = chambers.reduce((sum, { hitCount }) => sum + hitCount, 0);
  const keyed = <T>(pick: (chamber: (typeof chambers)[number]) => T): Record<string, T> =>
    Object.fromEntries(chambers.map((chamber, index) => [String(index), pick(chamber)]));
  const late = id % 4 === 3 ? 2 : 0;
  const closedMs = sampleStartMs + (id + 1) * 1000;
  return {
    schema: 1,
    msg_ID: id,
    hit_count: hits,
    hit_count_chamber: chambers.map(({ hitCount }) => hitCount),
    tdc_counts_chamber: keyed(({ channels }) => channels),
    active_tdc_chamber: keyed(({ orbits }) => orbits),
    active_channels_chamber: keyed(({ activeOrbits }) => activeOrbits),
    ledger: {
      rows_read: hits + 75,
      hits,
      scintillator: 30,
      dropped: { head: 40, channel: 5 },
      rejected: { fields: 0, number: 0, range: 0 },
      carried_in: id === 0 ? 0 : 12,
      carried_out: id === 0 ? 0 : 12,
    },
    late_hits: late,
    late_orbits: late,
    orbits: orbitCount,
    orbit_detail: 'full',
    batch: {
      opened: new Date(closedMs - 1000).toISOString(),
      closed: new Date(closedMs).toISOString(),
      duration_ms: 1000,
      interval_ms: 20_000,
      orbit_first: orbitFirst,
      orbit_last: orbitFirst + 11_000,
    },
    run: 0,
    producer,
    lanes: 1,
    input: { '0': [id * 1000, id * 1000 + hits + 75] },
  };
}

function sampleChamber(
  chamber: number,
  { random, orbitFirst, orbitCount }: { random: () => number; orbitFirst: number; orbitCount: number },
) {
  const counts = new Map<number, number>();
  const activeOrbits = new Array<number>(65).fill(0);
  const orbits = { bin_edges: [] as number[], hist_counts: [] as number[] };
  let hitCount = 0;
  for (let index = 0; index < orbitCount; index++) {
    if (random() < 0.35) continue;
    const active = random() < 0.25 ? 4 + Math.floor(random() * 5) : random() < 0.02 ? 20 : 1 + Math.floor(random() * 2);
    const centre = Math.floor(32 + 24 * (random() + random() - 1));
    for (let hit = 0; hit < active; hit++) {
      const noise = random() < 0.1 ? 17 : Math.min(63, Math.max(0, centre + hit - 4));
      const channel = (chamber % 2) * 64 + (noise === 41 ? 40 : noise);
      counts.set(channel, (counts.get(channel) ?? 0) + 1);
      hitCount++;
    }
    activeOrbits[active]++;
    orbits.bin_edges.push(orbitFirst + Math.floor((index / orbitCount) * 11_000));
    orbits.hist_counts.push(active);
  }
  const seen = [...counts].sort(([a], [b]) => a - b);
  const channels = { bin_edges: seen.map(([channel]) => channel), hist_counts: seen.map(([, count]) => count) };
  return { hitCount, channels, activeOrbits, orbits };
}
