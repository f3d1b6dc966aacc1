import { type Geometry, chamberChannels, chambersMax } from './geometry.js';
import { hitLimits } from './hit.js';

/** Most triggers that one geometry may have. */
export const triggersMax = 16;

const firstTrigger = chambersMax * chamberChannels;
const firstOther = firstTrigger + triggersMax;

/**
 * The fate of a row as decoding leaves it: `chamber * 64 + channel` for a hit, `scintillator + trigger` for a row of a
 * trigger, one of the codes below for every other row. The order of the codes is the order of the rules in
 * docs/semantics.md.
 */
export const rowCode = {
  /** First code that is not a hit. */
  scintillator: firstTrigger,
  /** First code that is neither a hit nor a trigger. */
  droppedHead: firstOther,
  droppedChannel: firstOther + 1,
  rejectedFields: firstOther + 2,
  rejectedNumber: firstOther + 3,
  rejectedRange: firstOther + 4,
} as const;

/** Kinds of rows that are no hits. */
export const rowKinds = rowCode.rejectedRange - rowCode.droppedHead + 2;

/** The kind of a row that is no hit: 0 for all triggers, then those of the codes from `droppedHead` on. */
export function kindOf(code: number): number {
  return Math.max(0, code - rowCode.droppedHead + 1);
}

/** Whether a row belongs to an orbit: a hit or a trigger row. */
export function isClockCode(code: number): boolean {
  return code < rowCode.droppedHead;
}

/** Whether a row is of a trigger. */
export function isTriggerCode(code: number): boolean {
  return code >= rowCode.scintillator && code < rowCode.droppedHead;
}

/** Why a row was rejected, by the rule it breaks. */
const rejectReasons = ['fields', 'number', 'range'] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** The reason behind a rejected row's code. */
export function rejectReasonOf(code: number): RejectReason {
  return rejectReasons[code - rowCode.rejectedFields] ?? 'fields';
}

/**
 * What each wire's hits count as: entry `fpga * 512 + channel` is the row code of a hit there.
 *
 * @returns 4096 codes: a hit's, a trigger's or `droppedChannel`
 */
export function wireCodes(geometry: Pick<Geometry, 'chambers' | 'triggers'>): Uint16Array {
  const codes = new Uint16Array(hitLimits.FPGA * hitLimits.TDC_CHANNEL).fill(rowCode.droppedChannel);
  geometry.chambers.forEach((chamber, index) => {
    const first = chamber.fpga * hitLimits.TDC_CHANNEL + chamber.channelFirst;
    for (let channel = 0; channel < chamber.channels; channel++)
      codes[first + channel] = index * chamberChannels + channel;
  });
  geometry.triggers.forEach(({ fpga, channel }, trigger) => {
    codes[fpga * hitLimits.TDC_CHANNEL + channel] = rowCode.scintillator + trigger;
  });
  return codes;
}
