import { areManyLate, lateShareText, manyLateCauses } from '../console/late-hits.js';
import { countOf } from '../console/plural.js';
import { type Incomplete, isComplete, type MissingRecords } from '../../pipeline/verify/find-incomplete.js';
import type { VerifyReport } from '../../pipeline/verify/verify-group.js';

/** Maximum number of partitions, and of missing ranges, that are listed. */
const partitionsShown = 20;

/** The outcome as text: one line when equal, else the first differing bins; then the messages that are missing. */
export function verifyLines(report: VerifyReport): string[] {
  return [...outcomeLines(report), ...missingLines(report.incomplete).map((line) => `  ${line}`)];
}

/** What is wrong although all bins are equal, in a line; undefined when nothing is. */
export function missingText(report: VerifyReport): string | undefined {
  const { incomplete, notComparable } = report;
  if (notComparable !== undefined) return notComparable;
  const texts = [...(isComplete(incomplete) ? [] : [incompleteText(incomplete)]), ...manyLateTexts(report)];
  return texts.length === 0 ? undefined : `equal, but ${texts.join('; ')}`;
}

function incompleteText(incomplete: Incomplete): string {
  const { lost, unread, undecided, carriedLost } = incomplete;
  const parts = [
    [total(lost), 'lost'],
    [total(unread), 'unread'],
    [total(undecided), 'behind an open transaction'],
  ] as const;
  const texts = parts
    .filter(([records]) => records > 0)
    .map(([records, what]) => `${countOf(records, 'message', 'messages')} ${what}`);
  if (carriedLost > 0) texts.push(`${countOf(carriedLost, 'row', 'rows')} of open orbits lost`);
  return `not complete: ${texts.join(', ')}`;
}

function outcomeLines(report: VerifyReport): string[] {
  if (report.differencesTotal > 0) return differenceLines(report);
  if (report.notComparable !== undefined) return ['not comparable'];
  const { rows, rowsOpen, lateOrbits, lateHits, messages, messagesOfPart, messagesSkipped, messagesGone } = report;
  const lines = [`${outcomeText(report)} over ${countOf(rows, 'row')} (offsets ${offsetsText(report)})`];
  if (rowsOpen > 0)
    lines.push(`${countOf(rowsOpen, 'of them is in an open orbit', 'of them are in open orbits')}, not yet published`);
  if (lateOrbits > 0)
    lines.push(
      countOf(lateHits, 'hit came after its orbit was published', 'hits came after their orbit was published'),
    );
  if (report.physicsNotCompared !== undefined) lines.push(`physics not compared: ${report.physicsNotCompared}`);
  if (messagesOfPart !== undefined) lines.push(partText(messagesOfPart, messages));
  if (messagesGone > 0)
    lines.push(`${countOf(messagesGone, 'older message is', 'older messages are')} gone from the results (retention)`);
  if (messagesSkipped > 0)
    lines.push(
      `${countOf(messagesSkipped, 'older message')} not checked: of rows that are deleted, or from before a reset`,
    );
  return lines;
}

/** `compared 60 messages: 57 of this part and 3 around it, up to where no orbit is open` */
function partText(own: number, compared: number): string {
  const around = compared - own;
  const more =
    around === 0
      ? ', with no orbit open at its borders'
      : ` and ${count(around)} around it, up to where no orbit is open`;
  return `compared ${countOf(compared, 'message')}: ${count(own)} of this part${more}`;
}

/** The outcome for scripts. */
export function verifyJson(of: { readonly group: string; readonly topic: string }, report: VerifyReport): object {
  const { lanes, messages, messagesSkipped, messagesGone, rows, rowsOpen, hits, lateHits, lateOrbits } = report;
  const { lost, unread, undecided, carriedLost } = report.incomplete;
  return {
    result: resultOf(report),
    ...names(of),
    ...(report.notComparable !== undefined && { reason: report.notComparable }),
    ...(report.messagesOfPart !== undefined && { messages_of_part: report.messagesOfPart }),
    ...{ lanes, messages, messages_skipped: messagesSkipped, messages_gone: messagesGone, rows, rows_open: rowsOpen },
    ...(report.physicsNotCompared !== undefined && { physics_not_compared: report.physicsNotCompared }),
    ...{ hits, late_hits: lateHits, late_orbits: lateOrbits },
    offsets: Object.fromEntries(report.offsets),
    differences: report.differences,
    differences_total: report.differencesTotal,
    ...{ lost: lost.map(missingJson), unread: unread.map(missingJson), undecided: undecided.map(missingJson) },
    carried_lost: carriedLost,
  };
}

function resultOf(report: VerifyReport): string {
  const { differencesTotal, notComparable, incomplete } = report;
  if (differencesTotal > 0) return 'different';
  if (notComparable !== undefined) return 'not comparable';
  if (!isComplete(incomplete)) return 'incomplete';
  return areManyLate(report) ? 'late' : 'equal';
}

function missingJson({ partition, offsets, records }: MissingRecords): object {
  return { partition, offsets: offsets ?? null, messages: records };
}

/** The missing messages, one line per range: partition, offsets and number. */
function missingLines({ lost, unread, undecided, carriedLost }: Incomplete): string[] {
  const line = (what: string, { partition, offsets, records }: MissingRecords): string => {
    const where = offsets === undefined ? 'in deleted messages' : `offsets ${offsets[0]}-${offsets[1]}`;
    return `${what} partition ${partition}, ${where}: ${countOf(records, 'message', 'messages')}`;
  };
  const lines = [
    ...shown(lost.map((range) => line('lost:', range))),
    ...shown(unread.map((range) => line('unread:', range))),
    ...shown(undecided.map((range) => line('behind an open transaction:', range))),
  ];
  if (carriedLost > 0)
    lines.push(`lost: ${countOf(carriedLost, 'row', 'rows')} of open orbits, deleted before the orbit was closed`);
  return lines;
}

function shown(lines: readonly string[]): string[] {
  if (lines.length <= partitionsShown) return [...lines];
  return [...lines.slice(0, partitionsShown), `… ${count(lines.length - partitionsShown)} more`];
}

function total(ranges: readonly MissingRecords[]): number {
  return ranges.reduce((sum, { records }) => sum + records, 0);
}

/** Why nothing could be compared, for scripts. */
export function notComparableJson(of: { readonly group: string; readonly topic: string }, reason: string): object {
  return { result: 'not comparable', ...names(of), reason };
}

/** Equal, and still not what was measured. */
function manyLateTexts(report: VerifyReport): string[] {
  if (!areManyLate(report)) return [];
  const orbits = countOf(report.lateOrbits, 'orbit is counted in part', 'orbits are counted in part');
  return [`${lateShareText(report)}: ${orbits}; ${manyLateCauses}`];
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
