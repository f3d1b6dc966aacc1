import type { Timing } from '../../domain/batch-message.js';
import { chambersText, type CommonChambers } from '../../domain/chamber-channels.js';
import { plainText } from '../../domain/plain-text.js';
import { timingOf } from '../../domain/time-span.js';
import { utcOfIso, utcText } from '../../domain/utc-text.js';
import type { DashboardState } from '../../results/dashboard-state.js';
import type { IncomingMessage } from '../../results/incoming-message.js';
import { ageMs, sinceText } from '../panels/frame/feed.js';
import { groupOf } from '../../results/producers.js';
import { formatSeconds, formatSpan, messagesText } from '../draw/format.js';

/** What a text is about, so that it can be told from another one later. */
export interface Head {
  /** Of the program that made it. */
  readonly version: string;
  /** Groups of the messages. */
  readonly groups: readonly string[];
  /** Where the messages or rows are from. */
  readonly source: string;
  readonly timing: Timing;
  readonly chambers: CommonChambers;
}

/** What a program knows of the messages it shows beside themselves. */
export interface About extends Pick<Head, 'version' | 'source'> {
  /** Length of an orbit, in ns. */
  readonly orbitNs: number;
}

const gap = '  ';
/** Longest piece of text from outside. */
const pieceMax = 200;

/** The head of a text about the sums of a dashboard. */
export function headOf(state: DashboardState, { orbitNs, ...about }: About): Head {
  const groups = [...new Set([...state.producers.keys()].map(groupOf))];
  return { ...about, groups, timing: timingOf(state.span, orbitNs), chambers: state.totals.common };
}

/** The same without the chambers, for a text of few lines. */
export function shortHeadLines(head: Head, width: number): string[] {
  return headLines({ ...head, chambers: undefined }, width);
}

/** `3 messages, taken 2026-05-01 12:00:04 UTC, 2.1 s after the newest` */
export function takenText(state: DashboardState, nowMs: number): string {
  const age = ageMs(state, nowMs);
  const after = age === undefined ? '' : `, ${formatSpan(age)} after the newest`;
  return `${messagesText(state.messages)}, taken ${utcText(nowMs)} UTC${after}`;
}

/** When and what, then from where and how: two lines, or more where they are narrow. */
export function headLines(head: Head, width: number): string[] {
  return [...wrapped(whenPieces(head), width), ...wrapped(wherePieces(head), width)];
}

/** Two lines above the first message that is printed as a line; the rest is in the lines themselves. */
export function plainHead({ producer, chambers, batch, run }: IncomingMessage, { source, version }: About): string[] {
  const groups = producer === undefined ? [] : [groupOf(producer)];
  const where = wherePieces({ groups, source, chambers, version });
  const first = batch?.orbit_first ?? undefined;
  const when = [
    ...(batch === undefined ? [] : [`since ${utcOfIso(batch.opened)} UTC`]),
    ...(run === undefined ? [] : [`run ${run}`]),
    ...(first === undefined ? [] : [`from orbit ${first}`]),
  ];
  return [where, when]
    .filter((pieces) => pieces.length > 0)
    .map((pieces) => plainText(`# ${pieces.join(gap)}`, 2 * pieceMax));
}

/** A line above the first message of a producer that is printed, where those before it are gone. */
export function olderLines({ producer, msg_ID: id }: IncomingMessage): string[] {
  return producer === undefined || id === 0 ? [] : [`# ${plainText(producer)} ${sinceText(id)}`];
}

/**
 * Time by the wall clock, then run and orbits with the detector's own time. No rate: how much of that time are pauses is not
 * in the messages.
 */
function whenPieces({ timing }: Pick<Head, 'timing'>): string[] {
  const { from, to, run, orbit, detector_s: seconds } = timing;
  const pieces = [from === null || to === null ? 'no message' : `${utcOfIso(from)} to ${endText(from, to)} UTC`];
  if (run !== null) pieces.push(run[0] === run[1] ? `run ${run[0]}` : `runs ${run[0]} to ${run[1]}`);
  if (orbit !== null) {
    const span = seconds === null ? '' : ` (${formatSeconds(seconds)} with pauses)`;
    pieces.push(`orbits ${orbit[0]} to ${orbit[1]}${span}`);
  }
  return pieces;
}

function wherePieces({
  groups,
  source,
  chambers,
  version,
}: Pick<Head, 'groups' | 'source' | 'chambers' | 'version'>): string[] {
  const group = groups.length === 0 ? [] : [`${groups.length === 1 ? 'group' : 'groups'} ${groups.join(', ')}`];
  const geometry =
    chambers === undefined ? [] : [`chambers ${chambers === 'different' ? 'differ' : chambersText(chambers)}`];
  return [...group, source, ...geometry, `dtstream ${version}`].map((piece) => plainText(piece, pieceMax));
}

/** Pieces on as few lines as they fit on; a piece that is too long for a line is cut. */
function wrapped(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const whole of pieces) {
    const piece = whole.length <= width ? whole : `${whole.slice(0, Math.max(0, width - 3))}...`.slice(0, width);
    const last = lines.at(-1);
    if (last !== undefined && last.length + gap.length + piece.length <= width)
      lines[lines.length - 1] = last + gap + piece;
    else lines.push(piece);
  }
  return lines;
}

/** The end without a date that is that of the beginning. */
function endText(from: string, to: string): string {
  return from.slice(0, 10) === to.slice(0, 10) ? utcOfIso(to).slice(11) : utcOfIso(to);
}
