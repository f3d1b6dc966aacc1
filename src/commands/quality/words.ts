import { utcOfIso } from '../../domain/utc-text.js';
import type { Alarm, QualityEvent, QualityObject, TestName } from '../../quality/events.js';
import type { Remark } from './logbook-state.js';

interface TestWords {
  /** What is wrong. */
  readonly fault: string;
  readonly unit: 'Hz' | '%' | 'ns';
}

/** Tests in the words of a shifter; what is observed is in these units. */
const words: Readonly<Record<TestName, TestWords>> = {
  channel_low: { fault: 'rate too low', unit: 'Hz' },
  channel_high: { fault: 'rate too high', unit: 'Hz' },
  neighbour_low: { fault: 'rate too low beside its neighbours', unit: '%' },
  neighbour_high: { fault: 'rate too high beside its neighbours', unit: '%' },
  channel_efficiency: { fault: 'efficiency too low', unit: '%' },
  chamber_rate_low: { fault: 'rate of orbits too low', unit: 'Hz' },
  chamber_rate_high: { fault: 'rate of orbits too high', unit: 'Hz' },
  trigger_match: { fault: 'too few triggers have a hit in time', unit: '%' },
  layer_efficiency: { fault: 'efficiency too low', unit: '%' },
  box_rise: { fault: 'rising edge of the time box moved', unit: 'ns' },
  box_fall: { fault: 'falling edge of the time box moved', unit: 'ns' },
  box_width: { fault: 'width of the time box changed', unit: 'ns' },
  trigger_rate_low: { fault: 'trigger rate too low', unit: 'Hz' },
  trigger_rate_high: { fault: 'trigger rate too high', unit: 'Hz' },
};

/** `channel 1:37`, `layer 1/2`, `chamber 1`, `board 0`, `detector`. */
export function objectWords({ board, chamber, channel, layer }: ObjectOf): string {
  if (board !== undefined) return `board ${board}`;
  if (chamber === undefined) return 'detector';
  if (channel !== undefined) return `channel ${chamber}:${channel}`;
  return layer === undefined ? `chamber ${chamber}` : `layer ${chamber}/${layer}`;
}
type ObjectOf = { readonly [Key in keyof QualityObject]: QualityObject[Key] | undefined };

/** `rate too low: 0.02 Hz, 4.9 Hz expected` */
export function valueWords(test: TestName, { observed, expected }: Pick<Alarm, 'observed' | 'expected'>): string {
  const { unit } = words[test];
  if (observed === null) return 'no value';
  const expectedText = expected === null ? '' : `, ${numberText(expected, unit)} expected`;
  return `${numberText(observed, unit)}${expectedText}`;
}

export function faultWords(test: TestName): string {
  return words[test].fault;
}

/** `ALARM channel 1:37: rate too low: 0 Hz, 4.9 Hz expected, since 2026-05-01 12:00:04 UTC [channel_low@1:37@41000175]` */
export function eventWords(event: QualityEvent, remark?: Remark): string {
  if (event.event === 'warning') return `${event.state === 'WARNING' ? 'warning' : 'over'}: ${event.text}`;
  return `${headOf(event)} ${alarmWords(event)}${remark === undefined ? '' : ` ${remarkWords(event.event, remark)}`}`;
}

/** An alarm without what happened to it. */
export function alarmWords(alarm: Alarm): string {
  const before = alarm.at_or_before === true ? 'before ' : '';
  const parts = alarm.parts.length === 0 ? '' : ` with ${alarm.parts.length} parts`;
  const learned = alarm.learned === undefined ? '' : `; expected as learned ${alarm.learned}`;
  const values = valueWords(alarm.test, alarm);
  const since = `since ${before}${utcOfIso(alarm.since)} UTC`;
  return `${objectWords(alarm)}: ${faultWords(alarm.test)}: ${values}, ${since}${parts}${learned} [${alarm.id}]`;
}

function headOf({ event, state }: Extract<QualityEvent, { id: string }>): string {
  if (event === 'cleared') return 'over';
  if (event === 'acknowledged') return 'acknowledged';
  if (state === 'NO_DATA') return 'no data any more';
  return event === 'raised' ? 'ALARM' : 'ALARM changed';
}

/** `(by anna: HV off)`, of an object `(known, by anna: HV board 3)`. */
export function remarkWords(event: QualityEvent['event'], { by, note }: Remark): string {
  const what = event === 'acknowledged' ? `by ${by}` : `known, by ${by}`;
  return note === undefined ? `(${what})` : `(${what}: ${note})`;
}

const digits = 3;
function numberText(value: number, unit: TestWords['unit']): string {
  const scaled = unit === '%' ? 100 * value : value;
  return `${Number(scaled.toPrecision(digits))} ${unit}`;
}
