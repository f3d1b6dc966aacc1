import type { BatchMessage } from '../../src/domain/batch-message.js';
import type { Physics } from '../../src/domain/physics-message.js';

/** Length of a slot in s. */
export const slotS = 0.0057024;
/** When the first message of these is published, ms since 1970. */
const startMs = Date.UTC(2026, 4, 1, 12);

/** What a test says of a message; all else is as of a lane without a hit. */
export interface LaneMessage {
  readonly lane?: number;
  readonly lanes?: number;
  readonly run?: number;
  readonly id?: number;
  /** Last lit slot; null without one. */
  readonly last: number | null;
  readonly slots?: Partial<Physics['slots']>;
  readonly ledger?: Partial<BatchMessage['ledger']>;
  readonly lateHits?: number;
  /** Seconds after the first message at which it is opened and published. */
  readonly openedS?: number;
  readonly closedS?: number;
}

/** A message of a group `g` with the physics of no chamber. */
export function laneMessage(given: LaneMessage): BatchMessage {
  const { lane = 0, lanes = 1, run = 0, id = 0, last, lateHits = 0, closedS = id, openedS = closedS - 1 } = given;
  const live = last === null ? 0 : 176;
  const slots = { live, lit: live, first: last, last, gaps: 0, gap_slots: 0, ...given.slots };
  const time = (seconds: number): string => new Date(startMs + 1000 * seconds).toISOString();
  return {
    schema: 1,
    msg_ID: id,
    hit_count: 0,
    hit_count_chamber: [0],
    tdc_counts_chamber: {},
    active_tdc_chamber: {},
    active_channels_chamber: {},
    ledger: {
      rows_read: 0,
      hits: 0,
      scintillator: 0,
      dropped: { head: 0, channel: 0 },
      rejected: { fields: 0, number: 0, range: 0 },
      carried_in: 0,
      carried_out: 0,
      ...given.ledger,
    },
    late_hits: lateHits,
    late_orbits: lateHits,
    orbits: 0,
    orbit_detail: 'none',
    batch: { opened: time(openedS), closed: time(closedS), duration_ms: 1000, orbit_first: null, orbit_last: null },
    run,
    producer: `g/${lane}`,
    lanes,
    input: {},
    physics: {
      version: 1,
      geometry: '0123456789ab',
      slots,
      live_s: slots.live * slotS,
      trigger: { rows: [], orbits: 0, multiple: 0, border: 0, rate_hz: null },
      chambers: {},
    },
  };
}
