import { type Geometry, layerOf } from '../domain/geometry.js';
import { slotOrbits } from '../domain/slot.js';
import { type Alarm, type QualityEvent, type QualityObject, type TestName } from './events.js';
import { objectText } from './object-text.js';
import type { StandingAlarm, TestRules } from './object-test.js';

/** A change of an alarm. */
export type AlarmEvent = Extract<QualityEvent, { id: string }>;

/** What a larger alarm explains: those of its test on its parts, and of these tests inside of it. */
const explainedTests: Partial<Record<TestName, readonly TestName[]>> = {
  chamber_rate_low: [
    'channel_low',
    'neighbour_low',
    'channel_efficiency',
    'chamber_rate_low',
    'trigger_match',
    'layer_efficiency',
  ],
  chamber_rate_high: ['channel_high', 'neighbour_high'],
  layer_efficiency: ['channel_efficiency'],
};
/** Alarms of one kind that are told as one, at least. */
const groupMin = 2;

/** An alarm with those that it explains. */
interface Told {
  readonly alarm: StandingAlarm;
  readonly parts: readonly StandingAlarm[];
}

export interface StandingAlarmsOptions {
  readonly geometry: Geometry;
  readonly masked: ReadonlySet<string>;
  /** Whether a chamber other than those of the board has a rate. */
  readonly isOtherBoardAlive: (board: number) => boolean;
  /** When the reference was learned, for alarms that rest on it. */
  readonly learned: () => string | undefined;
}

/**
 * The alarms that stand, told largest first: many of one kind as one of the larger object, and what an alarm explains as
 * its parts. Of each change there is one event; parts have none.
 */
export class StandingAlarms {
  readonly #options: StandingAlarmsOptions;
  #told: readonly Told[] = [];
  /** Groups that stand, and that ended, by test and object. */
  readonly #groups = new Map<string, Group>();
  /** Alarms that were raised, by id. */
  readonly #raised = new Map<string, Alarm>();
  /** When alarms ended or were parts last, in live s, by id. */
  readonly #endedS = new Map<string, number>();
  readonly #partS = new Map<string, number>();

  constructor(options: StandingAlarmsOptions) {
    this.#options = options;
  }

  /** Takes the alarms of all tests at the end of a look. @param clockS live seconds of the reader */
  update(alarms: readonly StandingAlarm[], clockS: number, rules: Pick<TestRules, 'holdS' | 'idOf'>): AlarmEvent[] {
    this.#told = this.#explain(alarms, clockS, rules);
    const standing = new Set(this.#told.map(({ alarm }) => alarm.id));
    const events: AlarmEvent[] = [];
    for (const [id, alarm] of this.#raised) {
      if (standing.has(id)) continue;
      this.#raised.delete(id);
      this.#endedS.set(id, clockS);
      events.push({ event: 'cleared', ...alarm, state: 'OK', parts: [] });
    }
    for (const told of this.#tops()) {
      const alarm = this.#shown(told);
      const before = this.#raised.get(alarm.id);
      if (before === undefined && this.#isLeftOver(told, clockS, rules.holdS)) continue;
      for (const { id } of told.parts) this.#partS.set(id, clockS);
      const isChanged = before?.state !== alarm.state || before.parts.join() !== alarm.parts.join();
      this.#raised.set(alarm.id, alarm);
      if (!isChanged) continue;
      const isKnown = before !== undefined || this.#endedS.has(alarm.id);
      events.push({ event: isKnown ? 'changed' : 'raised', ...alarm });
    }
    this.#forget(clockS, rules.holdS, standing);
    return events;
  }

  /** Those that are no part of another one, the worst first. */
  get alarms(): Alarm[] {
    const worstFirst = [...this.#tops()].sort((one, other) => other.alarm.distance - one.alarm.distance);
    return worstFirst.map((told) => this.#shown(told));
  }

  /** Those that are parts. */
  get parts(): Alarm[] {
    const tops = new Set(this.#tops());
    return this.#told.filter((told) => !tops.has(told)).map((told) => this.#shown(told));
  }

  #tops(): readonly Told[] {
    const explained = new Set(this.#told.flatMap(({ parts }) => parts.map(({ id }) => id)));
    return this.#told.filter(({ alarm }) => !explained.has(alarm.id));
  }

  /**
   * A part whose larger alarm is over may be about to end, too: it is raised only if it stands for the hold time. The same
   * holds for many of them that are told as one.
   */
  #isLeftOver({ alarm, parts }: Told, clockS: number, holdS: number): boolean {
    const isLate = ({ id }: StandingAlarm): boolean => clockS - (this.#partS.get(id) ?? -Infinity) < holdS;
    return isLate(alarm) || (parts.length > 0 && parts.every(isLate));
  }

  /** Gives every alarm its parts, largest objects first. */
  #explain(alarms: readonly StandingAlarm[], clockS: number, rules: Pick<TestRules, 'holdS' | 'idOf'>): Told[] {
    const explained = new Set<string>();
    const told: Told[] = [];
    const tell = (alarm: StandingAlarm, parts: readonly StandingAlarm[]): void => {
      for (const { id } of parts) explained.add(id);
      told.push({ alarm, parts });
    };
    const grouped = new Set<string>();
    const tellGroup = (test: TestName, object: QualityObject, members: readonly StandingAlarm[]): void => {
      const key = `${test}@${objectText(object)}`;
      grouped.add(key);
      const alarm = this.#group(key, { test, object, members, clockS, rules });
      tell(alarm, object.board === undefined ? members : this.#inside(alarm, alarms));
    };
    for (const [board, members] of this.#lostBoards(alarms)) tellGroup('chamber_rate_low', { board }, members);
    for (const test of ['chamber_rate_low', 'chamber_rate_high', 'layer_efficiency'] as const) {
      for (const alarm of alarms.filter((one) => one.test === test)) tell(alarm, this.#inside(alarm, alarms));
    }
    for (const [test, object, members] of this.#manyChannels(alarms, explained)) tellGroup(test, object, members);
    const isTold = new Set(told.map(({ alarm }) => alarm.id));
    for (const alarm of alarms) if (!isTold.has(alarm.id)) tell(alarm, []);
    for (const [key, group] of this.#groups) if (!grouped.has(key)) group.endedS ??= clockS;
    return told.sort((one, other) => sizeOf(one.alarm.object) - sizeOf(other.alarm.object));
  }

  /** Boards that half or more of their chambers are lost of, while another one is alive. */
  #lostBoards(alarms: readonly StandingAlarm[]): (readonly [board: number, members: readonly StandingAlarm[]])[] {
    const { geometry, isOtherBoardAlive } = this.#options;
    const boards = new Set(geometry.chambers.map(({ fpga }) => fpga));
    return [...boards].flatMap((board) => {
      const members = alarms.filter(
        ({ test, object }) => test === 'chamber_rate_low' && this.#boardOf(object) === board,
      );
      const chambers = geometry.chambers.filter(({ fpga }) => fpga === board).length;
      const isLost = isMost(members.length, chambers) && isOtherBoardAlive(board);
      return isLost ? [[board, members] as const] : [];
    });
  }

  /** One test on half or more of the channels of a chamber, or of one of its layers, that no larger alarm explains. */
  #manyChannels(
    alarms: readonly StandingAlarm[],
    explained: ReadonlySet<string>,
  ): (readonly [test: TestName, object: QualityObject, members: readonly StandingAlarm[]])[] {
    const byChamber = new Map<string, StandingAlarm[]>();
    for (const alarm of alarms) {
      const { test, object, id } = alarm;
      if (object.channel === undefined || explained.has(id)) continue;
      const key = `${test}@${object.chamber}`;
      byChamber.set(key, [...(byChamber.get(key) ?? []), alarm]);
    }
    return [...byChamber.values()].flatMap((members) => {
      const { test, object } = members[0];
      const chamber = object.chamber ?? 0;
      const unmasked = this.#unmasked(chamber);
      if (isMost(members.length, unmasked.length)) return [[test, { chamber }, members] as const];
      return [0, 1, 2, 3].flatMap((layer) => {
        const inLayer = members.filter((one) => layerOf(one.object.channel ?? 0) === layer);
        const channels = unmasked.filter((channel) => layerOf(channel) === layer).length;
        return isMost(inLayer.length, channels) ? [[test, { chamber, layer }, inLayer] as const] : [];
      });
    });
  }

  #group(key: string, { test, object, members, clockS, rules }: GroupOptions): StandingAlarm {
    const first = [...members].sort((one, other) => (one.since.closed < other.since.closed ? -1 : 1))[0];
    let group = this.#groups.get(key);
    if (group === undefined || (group.endedS !== undefined && clockS - group.endedS > rules.holdS)) {
      group = { id: rules.idOf(test, object, first.since), since: first.since, endedS: undefined };
      this.#groups.set(key, group);
    }
    group.endedS = undefined;
    const worst = [...members].sort((one, other) => other.distance - one.distance)[0];
    return {
      ...{ ...worst, test, object, id: group.id, since: group.since },
      state: members.every(({ state }) => state === 'NO_DATA') ? 'NO_DATA' : 'ALARM',
      hasReference: members.some(({ hasReference }) => hasReference),
    };
  }

  /** The alarms that one explains. */
  #inside({ test, object, id }: StandingAlarm, alarms: readonly StandingAlarm[]): StandingAlarm[] {
    const tests = explainedTests[test] ?? [];
    return alarms.filter((one) => one.id !== id && tests.includes(one.test) && this.#isInside(one.object, object));
  }

  #isInside(object: QualityObject, outer: QualityObject): boolean {
    if (outer.board !== undefined) return this.#boardOf(object) === outer.board;
    if (object.chamber !== outer.chamber) return false;
    return outer.layer === undefined || (object.channel !== undefined && layerOf(object.channel) === outer.layer);
  }

  #boardOf({ chamber }: QualityObject): number | undefined {
    return chamber === undefined ? undefined : this.#options.geometry.chambers[chamber].fpga;
  }

  #unmasked(chamber: number): number[] {
    const { geometry, masked } = this.#options;
    const channels = Array.from({ length: geometry.chambers[chamber].channels }, (_, channel) => channel);
    return channels.filter((channel) => !masked.has(objectText({ chamber, channel })));
  }

  #shown({ alarm, parts }: Told): Alarm {
    const { id, test, object, state, since, observed, expected, ratio, hasReference } = alarm;
    const learned = hasReference ? this.#options.learned() : undefined;
    return {
      ...{ id, test, ...object, state },
      ...{ since: since.closed, since_orbit: slotOrbits * since.last, since_s: since.runS },
      ...(since.isAtOrBefore && { at_or_before: true }),
      ...{ observed, expected, ratio },
      ...(learned !== undefined && { learned }),
      parts: parts.map((part) => part.id),
    };
  }

  #forget(clockS: number, holdS: number, standing: ReadonlySet<string>): void {
    const isOld = (id: string, atS: number): boolean => clockS - atS > holdS && !standing.has(id);
    for (const times of [this.#endedS, this.#partS]) {
      for (const [id, atS] of times) if (isOld(id, atS)) times.delete(id);
    }
    for (const [key, { endedS }] of this.#groups) {
      if (endedS !== undefined && clockS - endedS > holdS) this.#groups.delete(key);
    }
  }
}

/** Alarms of one test that are told as one of a larger object. */
interface Group {
  readonly id: string;
  readonly since: StandingAlarm['since'];
  /** Undefined while it stands. */
  endedS: number | undefined;
}
interface GroupOptions {
  readonly test: TestName;
  readonly object: QualityObject;
  readonly members: readonly StandingAlarm[];
  readonly clockS: number;
  readonly rules: Pick<TestRules, 'holdS' | 'idOf'>;
}

function isMost(members: number, of: number): boolean {
  return members >= groupMin && 2 * members >= of;
}

/** Detector, board, chamber, layer, channel. */
function sizeOf({ board, chamber, channel, layer }: QualityObject): number {
  if (board !== undefined) return 1;
  if (chamber === undefined) return 0;
  if (channel !== undefined) return 4;
  return layer === undefined ? 2 : 3;
}
