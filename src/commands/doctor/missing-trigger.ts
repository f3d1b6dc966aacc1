import type { RowSurvey, WireRows } from '../../pipeline/survey/row-survey.js';
import { countOf } from '../console/plural.js';

/** Channels that are named. */
const namedMax = 3;
/** Rows on either side of which nothing can be said. */
const rowsMin = 100;

/** That the channels of the rows are not those of the geometry. */
export interface MissingTrigger {
  readonly text: string;
  /** What to do about it. */
  readonly advice: string;
}

const fromOne: MissingTrigger = {
  text: 'no board has a row of its first channel, and each has rows of the channel behind its last one: do channels count from 1?',
  advice: 'if so, read them with --channel-offset -1 (files of older unpackers also with --head 1 --tdc-offset 1)',
};

/**
 * Whether channels are numbered in another way than the geometry, or the configured triggers are missing in surveyed rows
 * that have a channel outside of all chambers instead.
 */
export function missingTrigger(survey: RowSurvey): MissingTrigger | undefined {
  if (survey.countsFromOne) return fromOne;
  const { triggers, strays } = survey;
  const hits = survey.chambers.reduce((total, count) => total + count, 0);
  const strayRows = strays.reduce((total, { rows }) => total + rows, 0);
  if (triggers.length === 0 || triggers.some(({ rows }) => rows > 0)) return undefined;
  if (strayRows === 0 || hits + strayRows < rowsMin) return undefined;
  const names = triggers.map(wireText).join(', ');
  // Triggers come together, so channels with as many rows may be one as well as the first.
  const likely = strays.filter(({ rows }) => 2 * rows >= strays[0].rows).slice(0, namedMax);
  const question = likely.length === 1 ? 'is that the trigger?' : 'are those the triggers?';
  const list = likely.map(({ fpga, channel }) => `{ fpga: ${fpga}, channel: ${channel} }`).join(', ');
  return {
    text: `no row of trigger ${names}, but ${strayText(strays, strayRows)} in no chamber: ${question}`,
    advice: `if so, write into dtstream.yaml: geometry: { triggers: [${list}] }`,
  };
}

/** `2,320 rows of channels 0:138 (1,160) and 1:138 (1,160)`. */
export function strayText(strays: readonly WireRows[], rows: number): string {
  const named = strays.slice(0, namedMax).map((wire) => `${wireText(wire)} (${wire.rows.toLocaleString('en-US')})`);
  const more = strays.length > namedMax ? `, and ${strays.length - namedMax} more` : '';
  return `${countOf(rows, 'row')} of ${strays.length === 1 ? 'channel' : 'channels'} ${named.join(', ')}${more}`;
}

/** `1:128`: board and channel of the board. */
export function wireText({ fpga, channel }: Pick<WireRows, 'fpga' | 'channel'>): string {
  return `${fpga}:${channel}`;
}
