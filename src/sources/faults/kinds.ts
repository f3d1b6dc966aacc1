import type { Geometry } from '../../domain/geometry.js';
import { type Argument, type FaultArgs, board, chamber, channelOf, channels, layer, numberOf } from './arguments.js';
import {
  boardChambers,
  channelText,
  chambersText,
  detectorText,
  otherBoardChambers,
  triggeredChambers,
} from './objects.js';

/** Every kind of fault, by what it acts on: a cell, a cable, a board, the orbit counter, rows on their way. */
export const faultKinds = [
  ...(['dead', 'weak', 'hot', 'burst', 'layer-hv', 'drift', 'lost-chamber', 'trigger-lost'] as const),
  ...(['swap', 'shift', 't0', 'trigger-late', 'trigger-double'] as const),
  ...(['lost-fpga', 'clock-slip', 'orbit-slip'] as const),
  ...(['orbit-gap', 'restart', 'orbit-wrap', 'stale-buffer'] as const),
  ...(['duplicate', 'corrupt'] as const),
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What the quality tests and warnings are to say of a fault. */
export interface FaultExpectation {
  /** Tests of which one must name it; none = it must raise nothing, or nothing is demanded yet. */
  readonly tests: readonly string[];
  /** Tests that may rightly be raised by it as well. */
  readonly also?: readonly string[];
  /** What they must name, as ids of alarms do: `1:37`, `1/2`, `1`, `board0`, `detector`; several with commas. */
  readonly object: string;
}

/** What an expectation depends on. */
export interface FaultContext {
  readonly geometry: Geometry;
  readonly startS: number;
  readonly isWords: boolean;
}

/** Threshold of the quality tests, and how often the object of the fault has data for the test while it is healthy. */
export interface DelayContext {
  /** Threshold ln(86,400 K / alarms a day) of docs/quality.md. */
  readonly threshold: number;
  /** Hits of the channel, orbits of the chamber, trigger orbits or probes of the layer, per second. */
  readonly rateHz: number;
}

export interface KindRule {
  readonly args: readonly Argument[];
  /** In a few words. */
  readonly means: string;
  /** It happens at a moment and has no end. */
  readonly isMoment?: true;
  /** Rows of files cannot show it: it needs muons and noise that are thrown. */
  readonly needsSimulator?: true;
  readonly needsTrigger?: true;
  readonly expect: (args: FaultArgs, context: FaultContext) => FaultExpectation;
  /** Mean seconds until the test names it, of the formulas of docs/quality.md; Infinity = never; absent = no simple formula. */
  readonly delayS?: (args: FaultArgs, context: DelayContext) => number;
}

const share = numberOf({ name: 'share', form: 'SHARE', range: [0, 1], isAbove: true });
const shareLeft = numberOf({ name: 'share', form: 'SHARE', range: [0, 1] });
const laterNs = { name: 'ns', form: '±NS', range: [-5000, 5000], isNotZero: true } as const;
const channel = channelOf();

/** Edges of a box that move by less are inside the band of the tests or take minutes, in ns. */
const boxShiftNsMin = 8;
const boxTests = ['box_rise', 'box_fall'];
const ofChamber = ['chamber_rate_low', 'channel_low', 'neighbour_low', 'channel_efficiency', 'layer_efficiency'];
const segmentTests = ['box_width', 'channel_efficiency', 'layer_efficiency', 'trigger_match'];

/** The one table of faults: what the flag takes, what each does, and which test is to name it. */
export const kindRules: Readonly<Record<FaultKind, KindRule>> = {
  dead: {
    args: [chamber, channel],
    means: 'the channel gives no hit',
    expect: (args) => ({
      tests: ['channel_low', 'neighbour_low'],
      also: ['channel_efficiency'],
      object: channelText(args),
    }),
    delayS: (_, context) => lowChannelDelayS(0, context),
  },
  weak: {
    args: [chamber, channel, shareLeft],
    means: 'only this share of the hits of the channel is left',
    expect: (args) => ({
      tests: args.share < 0.2 ? ['channel_low'] : [],
      also: ['channel_low', 'neighbour_low', 'channel_efficiency'],
      object: channelText(args),
    }),
    delayS: ({ share: left }, context) => lowChannelDelayS(left, context),
  },
  hot: {
    args: [chamber, channel, numberOf({ name: 'factor', form: 'FACTOR', range: [1, 10_000], isAbove: true })],
    means: 'so many times as many hits of the channel, the new ones at random times',
    needsSimulator: true,
    expect: (args) => ({
      tests: args.factor >= 2.5 ? ['channel_high', 'neighbour_high'] : [],
      also: ['channel_high', 'neighbour_high', 'chamber_rate_high'],
      object: channelText(args),
    }),
    delayS: ({ factor }, { threshold, rateHz }) =>
      positive(threshold / (rateHz * (factor * Math.log(2.5 / 1.4) - 1.1))),
  },
  burst: {
    args: [chamber, channel],
    means: 'the channel fires in 50 orbits in a row, on average once a second',
    expect: (args) => ({ tests: [], object: channelText(args) }),
  },
  'layer-hv': {
    args: [chamber, layer, shareLeft],
    means: 'only this share of the hits of particles in the layer is left; noise stays',
    needsSimulator: true,
    expect: (args) => ({
      tests: args.share < 0.7 ? ['layer_efficiency'] : [],
      also: ['channel_efficiency', 'channel_low', 'neighbour_low'],
      object: `${args.chamber}/${args.layer}`,
    }),
    delayS: ({ share: left }, { threshold, rateHz }) => {
      const [band, alternative] = [0.9 * healthyEfficiency, 0.7 * healthyEfficiency];
      const found = left * healthyEfficiency;
      const gain = found * Math.log(alternative / band) + (1 - found) * Math.log((1 - alternative) / (1 - band));
      return positive(threshold / (gain * rateHz));
    },
  },
  drift: {
    args: [chamber, numberOf({ name: 'factor', form: 'FACTOR', range: [0.2, 5] })],
    means: 'the electrons drift so many times as fast; noise stays',
    needsSimulator: true,
    expect: (args) => ({
      tests: args.factor >= 0.97 && args.factor <= 1.03 ? [] : ['box_width', 'box_fall'],
      also: segmentTests,
      object: chambersText([args.chamber]),
    }),
  },
  'lost-chamber': {
    args: [chamber],
    means: 'no hit of the chamber',
    expect: (args) => ({ tests: ['chamber_rate_low'], also: ofChamber, object: chambersText([args.chamber]) }),
    delayS: (_, context) => lostDelayS(3, context),
  },
  'trigger-lost': {
    args: [],
    means: 'no row of any trigger',
    needsTrigger: true,
    expect: () => ({ tests: ['trigger_rate_low'], object: detectorText }),
    delayS: (_, context) => lostDelayS(1, context),
  },
  swap: {
    args: [chamber, channelOf('one'), channelOf('other')],
    means: 'the wires of two channels are swapped',
    expect: (args) => ({
      tests: [],
      also: ['channel_efficiency', 'channel_low', 'channel_high', 'neighbour_low', 'neighbour_high'],
      object: `${args.chamber}:${args.one},${args.chamber}:${args.other}`,
    }),
  },
  shift: {
    args: [chamber, channels, numberOf({ name: 'by', form: '±N', range: [-63, 63], isWhole: true, isNotZero: true })],
    means: 'a connector is shifted: hits of these channels are read so many channels further, or lost beyond the last',
    expect: (args) => ({
      tests: [],
      also: [...ofChamber, 'channel_high', 'neighbour_high'],
      object: chambersText([args.chamber]),
    }),
  },
  t0: {
    args: [chamber, numberOf(laterNs)],
    means: 'the hits of the chamber come so many ns later',
    expect: (args) => ({
      tests: Math.abs(args.ns) < boxShiftNsMin ? [] : boxTests,
      also: segmentTests,
      object: chambersText([args.chamber]),
    }),
  },
  'trigger-late': {
    args: [numberOf({ ...laterNs, form: '±N', unit: 'ns' })],
    means: 'the rows of all triggers come so much later',
    needsTrigger: true,
    expect: (args, { geometry }) => ({
      tests: Math.abs(args.ns) < boxShiftNsMin ? [] : boxTests,
      also: segmentTests,
      object: chambersText(triggeredChambers(geometry)),
    }),
  },
  'trigger-double': {
    args: [share],
    means: 'this share of the trigger rows has a second one 50 to 500 ns later',
    needsTrigger: true,
    expect: () => ({ tests: [], object: detectorText }),
  },
  'lost-fpga': {
    args: [board],
    means: 'no row of the board, those of a trigger and ancillary ones included',
    expect: (args, { geometry }) => {
      const lost = boardChambers(geometry, args.board);
      const isTrigger = geometry.triggers.some(({ fpga }) => fpga === args.board);
      return {
        tests: [...(lost.length > 0 ? ['chamber_rate_low'] : []), ...(isTrigger ? ['trigger_rate_low'] : [])],
        also: ofChamber,
        object: [
          ...(lost.length > 1 ? [`board${args.board}`] : lost.map(String)),
          ...(isTrigger ? [detectorText] : []),
        ].join(),
      };
    },
    delayS: (_, context) => lostDelayS(3, context),
  },
  'clock-slip': {
    args: [board, numberOf({ name: 'bx', form: '±N', unit: 'bx', range: [-200, 200], isWhole: true, isNotZero: true })],
    means: 'the clock of the board is so many bunch crossings ahead: its hits and triggers have larger times',
    expect: (args, { geometry }) => {
      const apart = otherBoardChambers(geometry, args.board);
      return { tests: apart.length > 0 ? boxTests : [], also: segmentTests, object: chambersText(apart) };
    },
  },
  'orbit-slip': {
    args: [board, numberOf({ name: 'orbits', form: '±N', range: [-4096, 4096], isWhole: true, isNotZero: true })],
    means: 'the orbit counter of the board is so many orbits ahead: its hits and triggers have larger orbits',
    expect: (args, { geometry }) => {
      const apart = otherBoardChambers(geometry, args.board);
      return {
        tests: apart.length > 0 ? ['trigger_match'] : [],
        also: [...segmentTests, 'late_hits'],
        object: chambersText(apart),
      };
    },
  },
  'orbit-gap': {
    args: [numberOf({ name: 'seconds', form: 'N', unit: 's', range: [0, 86_400], isAbove: true })],
    means: 'data taking pauses: the orbit counter goes on, no row comes',
    isMoment: true,
    expect: (args) => ({ tests: args.seconds > gapS ? ['orbit_gap'] : [], object: detectorText }),
    delayS: () => 0,
  },
  restart: {
    args: [],
    means: 'a new run: the orbit counter falls back by 2^24 orbits (25 minutes)',
    isMoment: true,
    expect: () => ({ tests: ['new_run'], object: detectorText }),
    delayS: () => 0,
  },
  'orbit-wrap': {
    args: [],
    means: 'the orbit counter reaches 2^32 at this time and goes on at 0: all orbit numbers are moved',
    isMoment: true,
    expect: () => ({ tests: [], object: detectorText }),
  },
  'stale-buffer': {
    args: [numberOf({ name: 'rows', form: 'ROWS', range: [1, 10_000_000], isWhole: true })],
    means: 'rows of an older time come first, as at the start of run 591',
    isMoment: true,
    needsSimulator: true,
    expect: (_, { startS }) => ({
      tests: startS === 0 ? ['orbit_gap'] : ['new_run', 'orbit_gap'],
      object: detectorText,
    }),
    delayS: () => 0,
  },
  duplicate: {
    args: [share],
    means: 'this share of the hits and trigger rows comes twice',
    expect: (args, { geometry }) => ({
      tests: args.share / (1 + args.share) > 0.01 ? ['duplicates'] : [],
      also: ['repeats'],
      object: chambersText(geometry.chambers.map((_, index) => index)),
    }),
  },
  corrupt: {
    args: [share],
    means: 'this share of the hits and trigger rows is broken: a flipped bit in a word, broken fields in CSV',
    // Most flipped bits leave a valid row; some move an orbit ahead, and the rows behind it come late.
    expect: (_, { isWords }) => ({
      tests: isWords ? ['late_hits'] : ['corrupt_rows'],
      also: ['late_hits', 'corrupt_rows'],
      object: detectorText,
    }),
  },
};

/** A pause that is longer is not live time (physics.gapSlots), in s. */
const gapS = 5;
/** Efficiency of a layer that is well. */
const healthyEfficiency = 0.97;

/** The form of a kind as the help writes it: `dead:CHAMBER:CHANNEL`. */
export function formOf(kind: FaultKind): string {
  return [kind, ...kindRules[kind].args.map(({ form }) => form)].join(':');
}

/** `channel_low` gains `0.6 - f ln 7` for each hit that a healthy channel would have had; its band ends at 0.7. */
function lowChannelDelayS(left: number, { threshold, rateHz }: DelayContext): number {
  return positive(threshold / (rateHz * (0.6 - left * Math.log(7))));
}

/** Nothing is left of a rate whose band is 0.7 and whose alternative 0.4 times the reference. */
function lostDelayS(divisor: number, { threshold, rateHz }: DelayContext): number {
  return (threshold * divisor) / (0.3 * rateHz);
}

function positive(seconds: number): number {
  return seconds > 0 ? seconds : Infinity;
}
