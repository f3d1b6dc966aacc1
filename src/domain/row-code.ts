import { type Geometry, chamberChannels, chambersMax } from './geometry.js';
import { hitLimits } from './hit.js';

/**
 * The fate of a row in 16 bits, as decoding leaves it: `chamber * 64 + channel` for a hit, one of the codes below for
 * every other row. The order of the codes is the order of the rules in docs/semantics.md.
 */
export const rowCode = {
  /** First code that is not a hit. */
  scintillator: chambersMax * chamberChannels,
  droppedHead: chambersMax * chamberChannels + 1,
  droppedChannel: chambersMax * chamberChannels + 2,
  rejectedFields: chambersMax * chamberChannels + 3,
  rejectedNumber: chambersMax * chamberChannels + 4,
  rejectedRange: chambersMax * chamberChannels + 5,
} as const;

/** Row codes that are no hits, from `scintillator` on. */
export const rowKinds = rowCode.rejectedRange - rowCode.scintillator + 1;

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
 * @returns 4096 codes: a hit's, `scintillator` or `droppedChannel`
 */
export function wireCodes(geometry: Pick<Geometry, 'chambers' | 'triggers'>): Uint16Array {
  const codes = new Uint16Array(hitLimits.FPGA * hitLimits.TDC_CHANNEL).fill(rowCode.droppedChannel);
  geometry.chambers.forEach((chamber, index) => {
    const first = chamber.fpga * hitLimits.TDC_CHANNEL + chamber.channelFirst;
    for (let channel = 0; channel < chamberChannels; channel++)
      codes[first + channel] = index * chamberChannels + channel;
  });
  for (const trigger of geometry.triggers) {
    codes[trigger.fpga * hitLimits.TDC_CHANNEL + trigger.channel] = rowCode.scintillator;
  }
  return codes;
}
