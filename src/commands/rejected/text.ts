import { visibleText } from '../../domain/visible-text.js';
import type { RejectedRows, RowPlace } from '../../results/rejected-rows.js';
import { countOf } from '../console/plural.js';
import { groupNames } from '../flags/one-group.js';

/** What `dtstream rejected` found. */
export interface RejectedReport {
  readonly log: string;
  readonly topic: string;
  /** Whose rows were counted; undefined where no row names its group. */
  readonly group: string | undefined;
  /** Groups of the rows of the topic. */
  readonly groups: ReadonlySet<string>;
  /** Rows that name no group; they are counted. */
  readonly unnamed: number;
  /** Rows that the topic no longer holds. */
  readonly deleted: number;
  /** False when the user stopped the reading. */
  readonly isWhole: boolean;
  readonly rows: RejectedRows;
}

/** Longest piece of a row that is shown, in bytes. */
const shownMax = 100;

/** The report for people, line by line. */
export function rejectedLines({
  log,
  topic,
  group,
  groups,
  unnamed,
  deleted,
  isWhole,
  rows,
}: RejectedReport): string[] {
  const older = deleted === 0 ? [] : [`${countOf(deleted, 'older row is', 'older rows are')} deleted from ${topic}`];
  const stopped = isWhole ? [] : ['stopped before the end'];
  const nameless = group === undefined || unnamed === 0 ? [] : [`${unnamed.toLocaleString('en-US')} name no group`];
  const others =
    group === undefined || groups.size === 0 || groups.has(group) ? [] : [`there are rows of: ${groupNames(groups)}`];
  const notes = [...nameless, ...others, ...older, ...stopped].map((note) => `; ${note}`).join('');
  const place = `${group === undefined ? '' : `of group ${group} `}in ${topic} of ${log}`;
  if (rows.rows === 0) return [visibleText(`no rejected rows ${place}${notes}`)];
  const { firstMs, lastMs } = rows;
  const when = `stored from ${new Date(firstMs).toISOString()} to ${new Date(lastMs).toISOString()}`;
  const head = `${countOf(rows.rows, 'rejected row')} ${place}, ${when}${notes}`;
  const kinds = rows.kinds.flatMap((kind) => {
    const share = ((100 * kind.rows) / rows.rows).toFixed(1);
    const examples = kind.examples.map((row) => `    ${placeText(row)}  ${valueText(row.value)}`);
    const more = kind.rows > examples.length ? [`    … last at ${placeText(kind.last)}`] : [];
    return ['', `  ${countOf(kind.rows, 'row')} (${share} %), ${kind.reason}: ${kind.rule}`, ...examples, ...more];
  });
  return [head, ...kinds].map(visibleText);
}

/** The report for programs. A row is text, or `hex` where it is not UTF-8. */
export function rejectedJson({ log, topic, group, unnamed, deleted, isWhole, rows }: RejectedReport): object {
  const timeOf = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null);
  return {
    log,
    topic,
    group: group ?? null,
    rows: rows.rows,
    without_group: unnamed,
    deleted,
    whole: isWhole,
    first_stored: timeOf(rows.firstMs),
    last_stored: timeOf(rows.lastMs),
    kinds: rows.kinds.map(({ reason, rule, rows: count, examples, last }) => ({
      reason,
      rule,
      rows: count,
      last,
      examples: examples.map(({ partition, offset, line, value, timestampMs }) => ({
        partition,
        offset,
        line,
        stored: timeOf(timestampMs),
        ...(isText(value) ? { row: Buffer.from(value).toString('utf8') } : { hex: Buffer.from(value).toString('hex') }),
      })),
    })),
  };
}

function placeText({ partition, offset, line }: RowPlace): string {
  return `${partition}:${offset} line ${line}`;
}

function valueText(value: Uint8Array): string {
  const shown = value.subarray(0, shownMax);
  const more = value.length > shownMax ? '…' : '';
  return isText(value)
    ? `"${Buffer.from(shown).toString('utf8')}${more}"`
    : `${Buffer.from(shown).toString('hex')}${more} (hex)`;
}

function isText(value: Uint8Array): boolean {
  const hasControls = value.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0d);
  return !hasControls && Buffer.from(Buffer.from(value).toString('utf8')).equals(value);
}
