import { countOf } from './count-of.js';
import type { VerifyReport } from '../pipeline/verify/verify-group.js';

/** Partitions that are listed. */
const partitionsShown = 20;

/** The outcome for people, line by line: one when equal, else the first differing bins. */
export function verifyLines(report: VerifyReport): string[] {
  if (report.differencesTotal > 0) return differenceLines(report);
  const { rows, rowsOpen, lateOrbits, lateHits, messagesSkipped } = report;
  const lines = [`${outcomeText(report)} over ${countOf(rows, 'row')} (offsets ${offsetsText(report)})`];
  if (rowsOpen > 0)
    lines.push(`${countOf(rowsOpen, 'of them is', 'of them are')} in orbits that are still open, as the group says`);
  if (lateOrbits > 0)
    lines.push(
      countOf(lateHits, 'hit came after its orbit was published', 'hits came after their orbit was published'),
    );
  if (messagesSkipped > 0) lines.push(`${countOf(messagesSkipped, 'older message')} cannot be counted anew`);
  return lines;
}

/** The outcome for scripts. */
export function verifyJson(of: { readonly group: string; readonly topic: string }, report: VerifyReport): object {
  const { lanes, messages, messagesSkipped, rows, rowsOpen, lateHits, lateOrbits } = report;
  return {
    result: report.differencesTotal > 0 ? 'different' : 'equal',
    ...names(of),
    ...{ lanes, messages, messages_skipped: messagesSkipped, rows, rows_open: rowsOpen },
    ...{ late_hits: lateHits, late_orbits: lateOrbits },
    offsets: Object.fromEntries(report.offsets),
    differences: report.differences,
    differences_total: report.differencesTotal,
  };
}

/** Why nothing could be compared, for scripts. */
export function notComparableJson(of: { readonly group: string; readonly topic: string }, reason: string): object {
  return { result: 'not comparable', ...names(of), reason };
}

function outcomeText({ lateOrbits }: VerifyReport): string {
  if (lateOrbits === 0) return 'equal';
  return `equal except ${countOf(lateOrbits, 'late orbit')}`;
}

function offsetsText({ offsets }: VerifyReport): string {
  const texts = [...offsets].map(([partition, [from, to]]) => `${partition}: ${from}-${to}`);
  const shown = texts.slice(0, partitionsShown).join(', ');
  return texts.length > partitionsShown ? `${shown}, … ${texts.length - partitionsShown} more` : shown;
}

function differenceLines({ differences, differencesTotal }: VerifyReport): string[] {
  const lines = differences.map(({ name, expected, got }) => `${name}: expected ${expected}, got ${got}`);
  if (differencesTotal > lines.length) lines.push(`… ${count(differencesTotal - lines.length)} more`);
  return ['different', ...lines.map((line) => `  ${line}`)];
}

function names({ group, topic }: { readonly group: string; readonly topic: string }): object {
  return { group, topic };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
