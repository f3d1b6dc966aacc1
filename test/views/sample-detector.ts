import type { BatchMessage } from '../../src/domain/batch-message.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import type { Alarm } from '../../src/quality/events.js';
import type { QualityReference } from '../../src/quality/quality-reference.js';
import { ReferenceSum } from '../../src/quality/reference-of.js';
import { MessageSum } from '../../src/results/message-sums.js';
import type { ChamberState } from '../../src/results/state-trend.js';
import { parseFaults } from '../../src/sources/faults/parse.js';
import { openSimulator } from '../../src/sources/simulator/simulator.js';
import {
  activeBands,
  type ChamberPanel,
  type ChannelHours,
  type DetectorView,
  type StatesView,
  type TrendsView,
} from '../../src/views/detector/detector-view.js';
import { type DetectorInput, makeDetectorView } from '../../src/views/detector/make-detector-view.js';
import type { QualityPicture } from '../../src/views/detector/verdicts.js';
import { directMessages, directPool, memorySource } from '../helpers/program/direct.js';
import { planOf } from '../quality/reference-messages.js';
import { readAll } from '../sources/read-all.js';

/** When the first sample message was opened, and how long each one took. */
export const sampleMinute = { fromMs: Date.UTC(2026, 10, 29, 14, 51), stepMs: 1000 };

/** A minute of the telescope in 60 messages: channel 2:17 dead, 0:5 hot, 1:44 noisy. */
export function sampleMinuteMessages(): Promise<BatchMessage[]> {
  return sampleMessages({
    ...{ rows: 330_000, seed: 11, dead: [{ chamber: 2, channel: 17 }] },
    hot: [
      { chamber: 0, channel: 5, factor: 8 },
      { chamber: 1, channel: 44, factor: 2.2 },
    ],
  });
}

/** The reference of a healthy minute. */
export async function sampleReference(): Promise<QualityReference> {
  const sum = new ReferenceSum('run588.json');
  for (const message of await sampleMessages({ rows: 330_000, seed: 12 })) sum.add(message);
  const { reference } = sum;
  if (reference === undefined) throw new Error('messages have physics');
  return reference;
}

/** A message a second of simulated rows, 5,500 in each. @param faults as `simulate --fault` takes them, in seconds */
export async function sampleMessages(
  simulated: Parameters<typeof openSimulator>[0],
  faults?: string,
): Promise<BatchMessage[]> {
  const parsed = faults === undefined ? [] : parseFaults(faults, defaultGeometry);
  const bytes = await readAll(openSimulator({ ...simulated, format: 'words' }, undefined, parsed));
  const pool = directPool({ plan: planOf() });
  try {
    const options = { batchRows: 5500, detail: 'full' } as const;
    const messages = await directMessages([memorySource(bytes, 'words')], pool, options);
    // Always at the same times: how often the clock is read depends on the machine.
    return messages.map((message, id) => {
      const times = [id, id + 1].map((step) =>
        new Date(sampleMinute.fromMs + step * sampleMinute.stepMs).toISOString(),
      );
      return { ...message, batch: { ...message.batch, opened: times[0], closed: times[1] } };
    });
  } finally {
    await pool.close();
  }
}

/** What the tests say of it: 2:17 dead and 0:5 hot, both new; 1:44 known; an alarm that is over. */
export const samplePicture: QualityPicture = {
  alarms: [
    sampleAlarm({ test: 'channel_low', chamber: 2, channel: 17, observed: 0, expected: 4.1, ratio: 0 }, 38),
    sampleAlarm({ test: 'channel_high', chamber: 0, channel: 5, observed: 17.7, expected: 2.2, ratio: 8 }, 31),
    sampleAlarm({ test: 'channel_high', chamber: 1, channel: 44, observed: 8, expected: 3.6, ratio: 2.2 }, 2),
  ],
  parts: [],
  states: defaultGeometry.chambers.flatMap(({ channels }, chamber) =>
    Array.from({ length: channels }, (_, channel) => ({
      ...{ test: 'channel_low' as const, object: { chamber, channel } },
      ...{ state: 'OK' as const, observed: 4, expected: 4, ratio: 1 },
    })),
  ),
  gone: [
    {
      alarm: sampleAlarm({ test: 'box_width', chamber: 3, observed: 371.3, expected: 388.6, ratio: null }, 12),
      endedMs: Date.UTC(2026, 10, 29, 14, 20),
    },
  ],
  acknowledged: new Map(),
  known: new Map([['1:44', { by: 'anna', note: 'HV board 3' }]]),
};

/** Electrons of chamber 3 drift faster: its hits are all there, and make no tracks. */
export const fastDriftPicture: QualityPicture = {
  ...samplePicture,
  alarms: [
    ...[0, 1, 2, 3].map((layer) => {
      const parts = Array.from({ length: 15 }, (_, cell) => `channel_efficiency@3:${4 * cell + layer}@41000175`);
      const of = { test: 'layer_efficiency', chamber: 3, layer, observed: 0.04, expected: 0.97, ratio: 0.04 } as const;
      return { ...sampleAlarm(of, 40), parts };
    }),
    sampleAlarm({ test: 'box_width', chamber: 3, observed: 355, expected: 390, ratio: null }, 40),
    ...samplePicture.alarms,
  ],
  parts: Array.from({ length: 60 }, (_, channel) =>
    sampleAlarm({ test: 'channel_efficiency', chamber: 3, channel, observed: 0.04, expected: 0.97, ratio: 0.04 }, 40),
  ),
};

function sampleAlarm(
  { test, ...of }: Pick<Alarm, 'test' | 'chamber' | 'channel' | 'layer' | 'observed' | 'expected' | 'ratio'>,
  minute: number,
): Alarm {
  return {
    ...{
      id: `${test}@${of.chamber}:${of.channel}@41000175`,
      test,
      state: 'ALARM',
      since_orbit: 0,
      since_s: 0,
      parts: [],
    },
    since: new Date(Date.UTC(2026, 10, 29, 14, minute, 20)).toISOString(),
    ...of,
  };
}

/** A minute with all there is, over the window of its messages. */
export async function sampleDetectorView(changes: Partial<DetectorInput> = {}): Promise<DetectorView> {
  const messages = await sampleMinuteMessages();
  const sum = new MessageSum();
  for (const message of messages) sum.add(message);
  const { sums } = sum;
  const chambers = [0, 1, 2, 3];
  const detector = makeDetectorView({
    ...{ nowMs: (sums.toMs ?? 0) + 400, isCurrent: true, geometry: defaultGeometry },
    window: { kind: 'last', title: 'last 60 s', sums },
    sinceStart: sums,
    reference: await sampleReference(),
    showReference: 'overlay',
    quality: samplePicture,
    marks: [{ number: 4, atMs: sampleMinute.fromMs + 33_000, text: 'gas flow 3.1 l/h', by: 'bruno' }],
    trends: sampleTrends(messages),
    activeSteps: (chamber) => messages.map((message, number) => activeStep(message, { number, chamber })),
    boxTrends: chambers.map((chamber) =>
      Array.from({ length: 30 }, (_, minute) => (minute < 3 ? undefined : 389 + chamber)),
    ),
    ...changes,
  });
  return { ...detector, states: sampleStates, channelHours: sampleHours(detector) };
}

/** Eight hours: nothing in the first two, not judged for ten minutes, then as the alarms of the picture say. */
const sampleStates: StatesView = {
  ...{ columnS: 300, endMs: Date.UTC(2026, 10, 29, 14, 55) },
  chambers: [0, 1, 2, 3].map((chamber) =>
    Array.from({ length: 96 }, (_, column): ChamberState | undefined => {
      if (column < 24) return undefined;
      if (column < 26) return 'unknown';
      if (column < 86) return 'ok';
      const states = [
        column < 91 ? 'ok' : 'bad',
        'known',
        column < 92 ? 'ok' : 'bad',
        column < 89 ? 'bad' : 'ok',
      ] as const;
      return states[chamber];
    }),
  ),
};

function activeStep(
  { batch, active_channels_chamber: active }: BatchMessage,
  { number, chamber }: { number: number; chamber: number },
) {
  const counts = active[String(chamber)] ?? [];
  const bands = activeBands.map(({ from, to }) => counts.slice(from, to + 1).reduce((sum, count) => sum + count, 0));
  return { number, toMs: Date.parse(batch.closed), orbitLast: batch.orbit_last, bands };
}

/** Six hours of every channel as in the window, 2:17 until 14:35 as those beside it, 0:5 until 14:30, 1:44 until 14:00. */
function sampleHours({ chambers, window }: DetectorView): ChannelHours {
  const seconds = window.seconds ?? 0;
  const changes = new Map([['2:17', 92], ['0:5', 91], ['1:44', 85]]); // prettier-ignore
  const hitsOf = ({ chamber, occupancy }: ChamberPanel, step: number): Uint32Array =>
    Uint32Array.from(occupancy.hits, (hits, channel) => {
      const isBefore = step < (changes.get(`${chamber}:${channel}`) ?? 0);
      return (300 / seconds) * (isBefore ? (occupancy.expected?.[channel] ?? hits) : hits);
    });
  const lostOf = (step: number) => ({
    rejected: step === 60 ? 1234 : step === 61 ? 400 : 0,
    lateHits: step % 20 === 5 ? 3 : 0,
  });
  return {
    endMs: Date.UTC(2026, 10, 29, 14, 55),
    steps: Array.from({ length: 96 }, (_, step) =>
      step < 24 ? undefined : { seconds: 300, hits: chambers.map((panel) => hitsOf(panel, step)), ...lostOf(step) },
    ),
  };
}

function sampleTrends(messages: readonly BatchMessage[]): TrendsView {
  const rates = messages.map(({ hit_count: hits, physics }) => hits / (physics?.live_s ?? 1));
  const column = (of: (message: BatchMessage) => number): (number | undefined)[] => [
    ...new Array<undefined>(60).fill(undefined),
    ...messages.map((message) => of(message) / (message.physics?.live_s ?? 1)),
  ];
  return {
    ...{ columnS: 1, endMs: Date.parse(messages.at(-1)?.batch.closed ?? '') },
    all: [...new Array<undefined>(60).fill(undefined), ...rates],
    chambers: [0, 1, 2, 3].map((chamber) => column(({ hit_count_chamber: hits }) => hits[chamber])),
    trigger: column(({ physics }) => physics?.trigger.orbits ?? 0),
    lag: [...new Array<undefined>(60).fill(undefined), ...messages.map((_, at) => (at === 30 ? 2720 : 0))],
    marks: [],
  };
}
