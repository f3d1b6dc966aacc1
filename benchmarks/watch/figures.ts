import { pages } from '../../src/tui/pages/view.js';
import { boundedTable, type Figure } from '../common/bounded-table.js';
import { markdownTable } from '../common/report-section.js';
import { inUnit, type Spread, spreadOf } from '../common/spread.js';
import { keyOf, type MeasuredMemory, type Size, type TypedKey } from './pty-meter.js';
import { large, type MeasuredRound, middle, small } from './round.js';
import { bytesPerSecond, type Condition, type MeasuredStanding, processorPercent } from './standing.js';

const conditionTexts: Readonly<Record<Condition, string>> = {
  ...{ one: '1 message/s', ten: '10 messages/s', idle: 'idle', frozen: 'frozen' },
};
const kilo = 1000;
const million = 1e6;

/** From the start to data, and from a key to its frame. @throws Error when a key had no frame */
export function timeFigures(rounds: readonly MeasuredRound[]): Figure[] {
  const starts = rounds.flatMap((round) => round.starts);
  const keyMs = rounds.map(({ keys }) => keys.map(frameMs));
  const seconds = { digits: 2, unit: 's' };
  return [
    {
      what: 'start to the first frame',
      ...{ spread: inUnit(spreadOf(starts.map((start) => start.frameMs)), 1000), ...seconds, bound: { atMost: 0.3 } },
    },
    {
      what: 'start to the first frame with data',
      ...{ spread: inUnit(spreadOf(starts.map((start) => start.dataMs)), 1000), ...seconds, bound: { atMost: 0.5 } },
    },
    {
      what: 'key of a page to the end of its frame',
      ...{ spread: spreadOf(keyMs.flat()), digits: 0, unit: 'ms', bound: { atMost: 100 } },
    },
    {
      what: `slowest of ${keyMs[0].length} keys`,
      ...{ spread: spreadOf(keyMs.map((ms) => Math.max(...ms))), digits: 0, unit: 'ms', bound: { atMost: 100 } },
    },
  ];
}

/** What is written to the terminal: of each condition, by the page that writes most. */
export function bytesFigures(rounds: readonly MeasuredRound[]): Figure[] {
  const rate = (condition: Condition, size: Size, atMost: number, isSmall = false): Figure => ({
    what: `${conditionTexts[condition]}, ${sizeText(size)}, busiest page`,
    spread: inUnit(spreadOf(rounds.map(({ survey }) => mostBytes(survey, condition, size))), isSmall ? 1 : kilo),
    ...(isSmall ? { digits: 0, unit: 'B/s' } : { digits: 2, unit: 'kB/s' }),
    bound: { atMost },
  });
  const changes = rounds.map(({ keys }) => Math.max(...keys.map(({ bytes }) => bytes)));
  return [
    rate('one', small, 2),
    rate('one', middle, 4),
    rate('one', large, 7),
    rate('ten', middle, 8),
    {
      what: `change of page, ${sizeText(middle)}, largest`,
      ...{ spread: inUnit(spreadOf(changes), kilo), digits: 1, unit: 'kB', bound: { atMost: 12 } },
    },
    rate('idle', middle, 60, true),
    rate('frozen', middle, 5, true),
  ];
}

/** Processor time of `watch` in percent of a core: of the overview, and of the page that takes most beside it. */
export function processorFigures(rounds: readonly MeasuredRound[]): Figure[] {
  const bounds = { one: 1.5, ten: 5, idle: 0.7 } as const;
  return (['one', 'ten', 'idle'] as const).flatMap((condition) => {
    const calm = rounds.flatMap((round) => round.calm.filter((one) => one.condition === condition));
    const names = [...new Set(calm.map(({ page }) => page))];
    return names.map((page) => ({
      what: `${conditionTexts[condition]}, ${page}`,
      spread: spreadOf(calm.filter((one) => one.page === page).flatMap(({ spans }) => spans.map(processorPercent))),
      ...{ digits: 2, unit: '%', bound: { atMost: bounds[condition] } },
    }));
  });
}

/** Memory after the past of the soak, while messages come. */
function memoryFigures(rounds: readonly MeasuredRound[]): Figure[] {
  const samples = rounds.flatMap(({ soak }) => soak.memory);
  const memory = (of: keyof MeasuredMemory): Spread => inUnit(spreadOf(samples.map((sample) => sample[of])), million);
  const peaks = rounds.map(({ soak }) => Math.max(...soak.memory.map(({ peak }) => peak)));
  const megabytes = { digits: 0, unit: 'MB' };
  return [
    { what: 'resident after a day, at 10 messages/s', spread: memory('rss'), ...megabytes, bound: { atMost: 150 } },
    { what: 'of it the memory of the program (RssAnon)', spread: memory('anonymous'), ...megabytes },
    { what: 'of it pages of files: Node, the log (RssFile)', spread: memory('file'), ...megabytes },
    { what: 'peak, also while the past was read', spread: inUnit(spreadOf(peaks), million), ...megabytes },
  ];
}

/** Bytes of each page: those of a second of standing, and those of the change to it. */
export function pagesTable(rounds: readonly MeasuredRound[]): string {
  const columns: readonly (readonly [Condition, Size])[] = [
    ...[small, middle, large].map((size) => ['one', size] as const),
    ...(['ten', 'idle', 'frozen'] as const).map((condition) => [condition, middle] as const),
  ];
  const header = columns.map(([condition, size]) => `${conditionTexts[condition]}, ${sizeText(size)}: B/s`);
  return markdownTable(
    ['page', ...header, `change to it, ${sizeText(middle)}: B`],
    pages.map((page) => [
      page,
      ...columns.map(([condition, size]) => {
        const standing = rounds.flatMap(({ survey }) => survey.filter((one) => isOf(one, condition, size)));
        return medianText(standing.filter((one) => one.page === page).map(bytesPerSecond));
      }),
      medianText(rounds.flatMap(({ keys }) => keys.filter(({ key }) => key === keyOf(page))).map((key) => key.bytes)),
    ]),
  );
}

/** What was wrong with screens, for the section. */
export function statesText(rounds: readonly MeasuredRound[]): string {
  const faults = rounds
    .flatMap(({ survey, calm }) => [...survey, ...calm])
    .flatMap(({ condition, page, size, fault }) =>
      fault === undefined ? [] : [`${conditionTexts[condition]}, ${page}, ${sizeText(size)}: ${fault}`],
    );
  return faults.length === 0
    ? 'At its end, every screen said in its first line what it should: LIVE, STALE or FROZEN.'
    : `Screens that said something else at their end: ${faults.join('; ')}.`;
}

/** All figures, a table for each subject. */
export function figureTables(rounds: readonly MeasuredRound[]) {
  const subjects = {
    time: timeFigures(rounds),
    bytes: bytesFigures(rounds),
    processor: processorFigures(rounds),
    memory: memoryFigures(rounds),
  };
  const { time, bytes, processor, memory } = subjects;
  return {
    figures: Object.values(subjects).flat(),
    ...{ time: boundedTable(time), bytes: boundedTable(bytes) },
    ...{ processor: boundedTable(processor), memory: boundedTable(memory) },
  };
}

function frameMs({ key, ms }: TypedKey): number {
  if (ms === null) throw new Error(`the key ${key} must be answered by a frame`);
  return ms;
}

function mostBytes(survey: readonly MeasuredStanding[], condition: Condition, size: Size): number {
  return Math.max(...survey.filter((one) => isOf(one, condition, size)).map(bytesPerSecond));
}

function isOf(one: MeasuredStanding, condition: Condition, { columns }: Size): boolean {
  return one.condition === condition && one.size.columns === columns;
}

function sizeText({ columns, rows }: Size): string {
  return `${columns}x${rows}`;
}

function medianText(values: readonly number[]): string {
  return Math.round(spreadOf(values).median).toLocaleString('en-US');
}
