import { plainText } from '../../domain/plain-text.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import { momentText } from '../flags/part.js';
import { programVersion } from '../program-version.js';
import { coverageText } from '../reference/page.js';
import type { Collected } from './collect.js';

export interface FactOptions {
  /** Where messages or rows are from. */
  readonly source: string;
  readonly reference: QualityReference | undefined;
  /** Whether rows were counted by this command, or by `process` before. */
  readonly isFromRows: boolean;
  readonly geometryHash: string;
  /** The command line. */
  readonly command: string;
  readonly nowMs: number;
}

const textMax = 300;

/** What a report is of, as names and values. */
export function reportFacts(collected: Collected, options: FactOptions): [string, string][] {
  const { sums, timing, group, offsets } = collected;
  const { source, reference, isFromRows, geometryHash, command, nowMs } = options;
  const { liveS, messages, totals } = sums;
  const { from, to, run, orbit, detector_s: detectorS } = timing;
  const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
  const span = (ends: readonly [number, number]): string =>
    ends[0] === ends[1] ? number(ends[0]) : `${number(ends[0])} to ${number(ends[1])}`;
  const isUsed = sums.physics?.geometry === geometryHash;
  return [
    ['Run', run === null ? '–' : span(run)],
    [isFromRows ? 'Processed from' : 'From', from === null ? '–' : momentText(Date.parse(from))],
    ['To', to === null ? '–' : momentText(Date.parse(to))],
    ['Orbits', orbit === null ? '–' : `${number(orbit[0])} to ${number(orbit[1])}`],
    ['Time of the detector', detectorS === null ? '–' : `${number(detectorS)} s`],
    ['Live time', liveS === undefined ? '–' : `${number(liveS)} s`],
    ['Hits', number(totals.hits)],
    ['Messages', number(messages)],
    ['Group', plainText(group ?? '–', textMax)],
    ['Source', plainText(source, textMax)],
    ['Reference', reference === undefined ? 'none: cells are compared with those beside them' : `${plainText(reference.name, textMax)}, ${coverageText(reference)}`],
    ['Configuration', isUsed ? geometryHash : `${geometryHash}, not that of the messages`],
    ...(offsets === undefined ? [] : ([['Offsets read', offsets.text], ['SHA-256 of the offsets', offsets.sha256]] satisfies [string, string][])),
    ['Verified', isFromRows ? 'the rows were counted by this command' : 'not by this command: dtstream verify compares the messages with the rows'],
    ['Made', `${momentText(nowMs)} by dtstream ${programVersion()}`],
    ['Command', plainText(command, textMax)],
  ]; // prettier-ignore
}
