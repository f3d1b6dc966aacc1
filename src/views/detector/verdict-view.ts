import { objectText } from '../../quality/object-text.js';
import type { Alarm, TestName } from '../../quality/events.js';
import type { ChamberState } from '../../results/state-trend.js';
import type { AlarmRow, AlarmState, ChamberVerdict, ChannelSign, QualityPicture, Remark } from './verdicts.js';

/** Tests in a word of at most 12 letters, by direction where they have two. */
const faults: Readonly<Record<TestName, (ratio: number | null, moved: number) => string>> = {
  channel_low: (ratio) => (isNearNothing(ratio) ? 'dead' : 'weak'),
  channel_high: () => 'hot',
  neighbour_low: (ratio) => (isNearNothing(ratio) ? 'dead' : 'weak'),
  neighbour_high: () => 'hot',
  channel_efficiency: (ratio) => (isNearNothing(ratio) ? 'dead' : 'inefficient'),
  chamber_rate_low: (ratio) => (isNearNothing(ratio) ? 'lost' : 'rate low'),
  chamber_rate_high: () => 'rate high',
  trigger_match: () => 'no match',
  layer_efficiency: () => 'inefficient',
  box_rise: (_, moved) => (moved < 0 ? 'box early' : 'box late'),
  box_fall: (_, moved) => (moved < 0 ? 'box early' : 'box late'),
  box_width: (_, moved) => (moved < 0 ? 'box short' : 'box long'),
  trigger_rate_low: (ratio) => (isNearNothing(ratio) ? 'lost' : 'rate low'),
  trigger_rate_high: () => 'rate high',
};

/** A rate of so little of the expected one is that of a dead object. */
const nothingShare = 0.1;
function isNearNothing(ratio: number | null): boolean {
  return (ratio ?? 0) < nothingShare;
}

const units: Readonly<Record<TestName, 'Hz' | '%' | 'ns'>> = {
  ...{ channel_low: 'Hz', channel_high: 'Hz', chamber_rate_low: 'Hz', chamber_rate_high: 'Hz' },
  ...{ trigger_rate_low: 'Hz', trigger_rate_high: 'Hz', box_rise: 'ns', box_fall: 'ns', box_width: 'ns' },
  ...{ channel_efficiency: '%', trigger_match: '%', layer_efficiency: '%', neighbour_low: '%', neighbour_high: '%' },
};

const stateOrder: readonly AlarmState[] = ['NEW', 'GONE', 'SEEN', 'KNOWN'];

/** The list of alarms: NEW, GONE, SEEN, KNOWN, each the worst first. */
export function alarmRows({ alarms, gone, acknowledged, known, worse }: QualityPicture): AlarmRow[] {
  const standing = alarms.map((alarm) => {
    const knownRemark = worse?.has(alarm.id) === true ? undefined : known.get(objectText(alarm));
    const remark = knownRemark ?? acknowledged.get(alarm.id);
    const state = knownRemark !== undefined ? 'KNOWN' : remark !== undefined ? 'SEEN' : 'NEW';
    return rowOf(alarm, { state, remark, endedMs: undefined });
  });
  const over = gone.map(({ alarm, endedMs }) => rowOf(alarm, { state: 'GONE', remark: undefined, endedMs }));
  const open = oneByFault(standing);
  const stands = new Set(open.map(faultOf));
  const rows = [...open, ...oneByFault(over).filter((row) => !stands.has(faultOf(row)))];
  return rows.sort((a, b) => stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state));
}

/** Several tests may say the same of an object, each by its own measure: a row for all of them. */
function oneByFault(rows: readonly AlarmRow[]): AlarmRow[] {
  const byFault = new Map<string, AlarmRow>();
  for (const row of rows) {
    const key = `${row.state} ${faultOf(row)}`;
    const first = byFault.get(key);
    byFault.set(key, first === undefined ? row : joined(first, row));
  }
  return [...byFault.values()];
}

function joined(first: AlarmRow, other: AlarmRow): AlarmRow {
  const { ids, sinceMs, endedMs, parts } = first;
  return {
    ...first,
    ids: [...ids, ...other.ids],
    sinceMs: Math.min(sinceMs, other.sinceMs),
    endedMs: endedMs === undefined ? undefined : Math.max(endedMs, other.endedMs ?? endedMs),
    parts: parts + other.parts,
  };
}

function faultOf({ objectText: object, fault }: AlarmRow): string {
  return `${object} ${fault}`;
}

function rowOf(
  alarm: Alarm,
  of: { readonly state: AlarmState; readonly remark: Remark | undefined; readonly endedMs: number | undefined },
): AlarmRow {
  const { id, test, board, chamber, channel, layer, observed, expected, ratio } = alarm;
  const object = { board, chamber, channel, layer };
  const moved = (observed ?? 0) - (expected ?? 0);
  return {
    ...{
      id,
      ids: [id],
      test,
      object: Object.fromEntries(Object.entries(object).filter(([, number]) => number !== undefined)),
    },
    objectText: objectName(alarm),
    fault: faults[test](ratio, moved),
    observed: valueText(observed, test),
    expected: valueText(expected, test),
    sinceMs: Date.parse(alarm.since),
    ...of,
    parts: alarm.parts.length,
  };
}

function objectName({ board, chamber, channel, layer }: Alarm): string {
  if (board !== undefined) return `board ${board}`;
  if (chamber === undefined) return 'detector';
  if (channel !== undefined) return `${chamber}:${channel}`;
  return layer === undefined ? `chamber ${chamber}` : `layer ${chamber}/${layer}`;
}

const digits = 3;
function valueText(value: number | null, test: TestName): string {
  if (value === null) return '?';
  const unit = units[test];
  const scaled = unit === '%' ? 100 * value : value;
  return `${Number(scaled.toPrecision(digits))} ${unit}`;
}

/** What the tests say of each channel of a chamber; blank = well. */
export function channelSigns(picture: QualityPicture | undefined, chamber: number, channels: number): ChannelSign[] {
  const signs = new Array<ChannelSign>(channels).fill('?');
  if (picture === undefined) return signs;
  for (const { object, state } of picture.states) {
    const { channel } = object;
    if (object.chamber !== chamber || channel === undefined || channel >= channels) continue;
    if (state === 'OK' && signs[channel] === '?') signs[channel] = ' ';
  }
  // A layer whose hits make no tracks has all the hits that it should: its alarm tells it, and no channel is dead.
  const parts = picture.parts.filter(({ test }) => test !== 'channel_efficiency');
  const standing = [...parts, ...picture.alarms];
  for (const alarm of standing) {
    const { channel, test } = alarm;
    if (alarm.chamber !== chamber || channel === undefined || channel >= channels) continue;
    signs[channel] = test.endsWith('_high') ? '^' : 'x';
  }
  const worse = new Set(standing.filter(({ id }) => picture.worse?.has(id)).map(objectText));
  for (const object of picture.known.keys()) {
    const [of, channel] = object.split(':').map(Number);
    if (of === chamber && channel < channels && !worse.has(object)) signs[channel] = 'k';
  }
  return signs;
}

/** What is said of a chamber: of its alarms the gravest kind, with the number of channels. */
export function chamberVerdict(
  picture: QualityPicture | undefined,
  rows: readonly AlarmRow[],
  chamber: number,
  board: number,
): ChamberVerdict {
  const unknown: ChamberVerdict = { state: 'unknown', word: '?', at: undefined };
  if (picture === undefined) return unknown;
  const mine = rows.filter(
    ({ object, state }) => state !== 'GONE' && (object.chamber === chamber || object.board === board),
  );
  const bad = mine.filter(({ state }) => state !== 'KNOWN');
  const whole = bad.find(({ object }) => object.channel === undefined);
  if (whole !== undefined) return { state: 'bad', word: wordOf(whole), at: undefined };
  const channels = bad.length > 0 ? bad : mine;
  if (channels.length > 0) {
    const dead = channels.filter(({ fault }) => fault === 'dead');
    const kind =
      bad.length === 0 ? channels : dead.length > 0 ? dead : channels.filter((row) => row.fault === channels[0].fault);
    const word = bad.length === 0 ? 'known' : wordOf(kind[0]);
    const at = kind[0].object.channel === undefined ? undefined : kind[0].objectText;
    // Several tests may find the same channel.
    const objects = new Set(kind.map(({ objectText }) => objectText)).size;
    return { state: bad.length === 0 ? 'known' : 'bad', word: `${word} ${objects}`, at };
  }
  const isJudged = picture.states.some(({ object, state }) => object.chamber === chamber && state === 'OK');
  return isJudged ? { state: 'ok', word: 'ok', at: undefined } : unknown;
}

/** What is said of each chamber; @param boards by chamber */
export function chamberStatesOf(picture: QualityPicture, boards: readonly number[]): ChamberState[] {
  const rows = alarmRows(picture);
  return boards.map((board, chamber) => chamberVerdict(picture, rows, chamber, board).state);
}

function wordOf({ fault, test }: AlarmRow): string {
  if (test.startsWith('box_')) return 'BOX';
  if (fault === 'inefficient') return 'EFF';
  return fault.toUpperCase();
}
