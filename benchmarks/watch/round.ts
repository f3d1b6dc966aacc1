import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pages } from '../../src/tui/pages/view.js';
import { inTemporaryFolder } from '../common/temporary-folder.js';
import { makeIdleStore, openLiveSource } from './live-source.js';
import type { Size, TypedKey } from './pty-meter.js';
import { measureSoak, type SoakOutcome, type SoakTimes } from './soak.js';
import {
  type Condition,
  costliestPage,
  measureStanding,
  type MeasuredStanding,
  type Standing,
  type StandingTimes,
} from './standing.js';
import { measureKeys, type MeasuredStart, measureStart } from './starts.js';

export const small: Size = { columns: 80, rows: 24 };
export const middle: Size = { columns: 120, rows: 40 };
export const large: Size = { columns: 200, rows: 60 };
const idleRows = 200_000;

/** How long things take, s, and how often they are done. */
export interface RoundPlan {
  /** Time until `watch` is started: at one message a second, as many are in the log. */
  readonly fillS: number;
  readonly starts: number;
  readonly keyTurns: number;
  /** Of all pages together, for their bytes. */
  readonly survey: StandingTimes;
  /** Of the few whose processor time is measured. */
  readonly calm: StandingTimes;
  readonly soak: SoakTimes;
}

/** Everything that is measured, once. */
export interface MeasuredRound {
  readonly starts: readonly MeasuredStart[];
  readonly keys: readonly TypedKey[];
  readonly survey: readonly MeasuredStanding[];
  readonly calm: readonly MeasuredStanding[];
  readonly soak: SoakOutcome;
}

/** @param inputs.file simulated rows, @param inputs.reference what watch compares with */
export async function measureRound(
  inputs: { readonly file: string; readonly reference: string },
  plan: RoundPlan,
): Promise<MeasuredRound> {
  const live = await inTemporaryFolder((folder) => measureLive(folder, inputs.reference, plan));
  say('soak');
  const soak = await measureSoak(inputs.file, { size: middle, reference: inputs.reference }, plan.soak);
  return { ...live, soak };
}

async function measureLive(folder: string, reference: string, plan: RoundPlan): Promise<Omit<MeasuredRound, 'soak'>> {
  const stores = { one: join(folder, 'one'), ten: join(folder, 'ten'), idle: join(folder, 'idle') };
  const sources = [openLiveSource(stores.one, '1s'), openLiveSource(stores.ten, '100ms')];
  const flagsOf = (condition: Condition): string[] => {
    const store = stores[condition === 'frozen' ? 'one' : condition];
    return ['--store', store, '--reference', reference];
  };
  try {
    say('messages');
    const filled = delay(plan.fillS * 1000);
    await makeIdleStore(stores.idle, idleRows);
    await filled;
    say('starts');
    const starts: MeasuredStart[] = [];
    for (let i = 0; i < plan.starts; i++) starts.push(await measureStart(flagsOf('one'), middle));
    say('keys');
    const keys = await measureKeys(flagsOf('one'), middle, plan.keyTurns);
    say('bytes');
    const survey = await measureStanding(surveyed, flagsOf, plan.survey);
    say('processor time');
    const busiest = (condition: Condition): Standing => ({
      ...{ condition, size: middle },
      page: costliestPage(
        survey.filter(({ size }) => size === middle),
        condition,
      ),
    });
    const calm = await measureStanding(
      [
        ...(['one', 'ten', 'idle'] as const).map((condition) => overview(condition)),
        ...(['one', 'ten'] as const).map(busiest),
      ],
      flagsOf,
      plan.calm,
    );
    return { starts, keys, survey, calm };
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}

/** Each page in each condition, and at one message a second in each size. */
const surveyed: readonly Standing[] = [
  ...[small, middle, large].map((size) => ({ condition: 'one' as const, size })),
  ...(['ten', 'idle', 'frozen'] as const).map((condition) => ({ condition, size: middle })),
].flatMap((standing) => pages.map((page) => ({ ...standing, page })));

function overview(condition: Condition): Standing {
  return { condition, size: middle, page: 'overview' };
}

function say(step: string): void {
  process.stderr.write(`${step} `);
}
