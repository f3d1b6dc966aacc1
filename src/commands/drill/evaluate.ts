import { type Geometry, layerOf } from '../../domain/geometry.js';
import type { QualityEvent, QualityObject } from '../../quality/events.js';
import { objectOf, objectText } from '../../quality/object-text.js';
import type { FaultLine } from './fault-line.js';

/** A change that the tests report, and the detector time of the message that brought it, in s since the first row. */
export interface TimedEvent {
  readonly atS: number;
  readonly event: QualityEvent;
}

/** What the tests made of a run with a fault. */
export interface Outcome {
  /** From the first row that the fault touches to the message that names it, in s; undefined = never named. */
  readonly latencyS: number | undefined;
  /** Of the first alarm after the start, which is what a shift hears; undefined without any. */
  readonly first: { readonly name: string; readonly isRightObject: boolean; readonly isRightKind: boolean } | undefined;
  /** Alarms and warnings that the fault does not explain, as `channel_low@1:37`, each once. */
  readonly extra: readonly string[];
  /** All that was raised after the start, each once. */
  readonly raised: readonly string[];
}

/** Rows are read ahead of the orbits that are closed: what they do may come with a message that ends before them, in s. */
export const aheadS = { direct: 1, log: 20 };

/** Alarms that are raised and warnings that begin, not what becomes of them. */
export function isRaised({ event, state }: QualityEvent): boolean {
  return event === 'raised' || (event === 'warning' && state === 'WARNING');
}

/** `channel_low@1:37` */
export function nameOf(event: QualityEvent): string {
  return `${event.test}@${objectText(event)}`;
}

/**
 * Compares what was raised in a run with the truth of its fault.
 *
 * @param firstS when the fault touches its first row
 */
export function evaluateRun(
  events: readonly TimedEvent[],
  line: Pick<FaultLine, 'expect' | 'also' | 'object'>,
  of: {
    readonly firstS: number;
    readonly startS: number;
    readonly geometry: Geometry;
    /** How far ahead rows were read; default: as in direct mode. */
    readonly aheadS?: number;
  },
): Outcome {
  const { firstS, startS, geometry, aheadS: ahead = aheadS.direct } = of;
  const objects = line.object.split(',');
  const isRightObject = (event: QualityEvent): boolean => objects.includes(objectText(event));
  const isExpected = ({ test }: QualityEvent): boolean => line.expect.includes(test);
  const isKindOf = (event: QualityEvent): boolean => isExpected(event) || line.also.includes(event.test);
  // What may be raised as well is about something inside of what is broken, or around it.
  const isExplained = (event: QualityEvent): boolean =>
    isKindOf(event) && objects.some((text) => isRelated(objectText(event), text, geometry));
  const isAfter = ({ atS }: TimedEvent): boolean => atS > startS - ahead;
  const raised = events.filter(({ event }) => isRaised(event));
  const after = raised.filter(isAfter);
  const named = after.find(({ event }) => isExpected(event) && isRightObject(event));
  const first = after.at(0)?.event;
  const unexplained = raised.filter((one) => !isAfter(one) || !isExplained(one.event));
  return {
    latencyS: named && Math.max(0, named.atS - firstS),
    first: first && { name: nameOf(first), isRightObject: isRightObject(first), isRightKind: isKindOf(first) },
    extra: [...new Set(unexplained.map(({ event }) => nameOf(event)))],
    raised: [...new Set(after.map(({ event }) => nameOf(event)))],
  };
}

/** Whether one of two objects, as texts, is inside of the other. */
function isRelated(one: string, other: string, geometry: Geometry): boolean {
  const [first, second] = [objectOf(one) ?? {}, objectOf(other) ?? {}];
  return isInside(first, second, geometry) || isInside(second, first, geometry);
}

function isInside(
  { board, chamber, layer, channel }: QualityObject,
  outer: QualityObject,
  geometry: Geometry,
): boolean {
  if (outer.board !== undefined) {
    return outer.board === (chamber === undefined ? board : geometry.chambers[chamber].fpga);
  }
  if (outer.chamber === undefined) return true;
  if (chamber !== outer.chamber) return false;
  if (outer.channel !== undefined) return channel === outer.channel;
  return outer.layer === undefined || outer.layer === (channel === undefined ? layer : layerOf(channel));
}
