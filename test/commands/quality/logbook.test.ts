import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Logbook, type NewEntry } from '../../../src/commands/quality/logbook.js';
import { LogbookState } from '../../../src/commands/quality/logbook-state.js';
import type { Alarm } from '../../../src/quality/events.js';
import { tempFolder } from '../../sources/temp-folder.js';

const mark = (text: string): NewEntry => ({ entry: 'mark', by: 'ann', text });
const textsOf = async (logbook: Logbook): Promise<string[]> =>
  (await logbook.news()).map((entry) => (entry.entry === 'mark' ? entry.text : entry.entry));

const alarm: Alarm = {
  id: 'channel_low@1:37@41000175',
  test: 'channel_low',
  chamber: 1,
  channel: 37,
  state: 'ALARM',
  since: '2026-05-01T12:00:00.000Z',
  since_orbit: 2_624_011_200,
  since_s: 12,
  observed: 0,
  expected: 5,
  ratio: 0,
  parts: [],
};
const reported = (event: 'raised' | 'changed' | 'cleared' | 'acknowledged', at: string, group = 'night'): NewEntry => ({
  entry: 'reported',
  at,
  group,
  change: { event, ...alarm },
});

describe('Logbook', () => {
  it('keeps every line of many writers, and gives each reader what is new to it', async (t) => {
    const folder = join(tempFolder(t), 'a', 'quality');
    const reader = new Logbook(folder);
    assert.deepEqual(await textsOf(reader), []);
    const writers = Array.from({ length: 8 }, () => new Logbook(folder));
    const names = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    await Promise.all(names.slice(0, 20).map((name, index) => writers[index % 8].append([mark(name)])));
    assert.deepEqual((await textsOf(reader)).sort(), names.slice(0, 20).sort());
    await Promise.all(names.slice(20).map((name, index) => writers[index % 8].append([mark(name)])));
    assert.deepEqual((await textsOf(reader)).sort(), names.slice(20).sort());
    assert.deepEqual(await textsOf(reader), []);
  });

  it('passes over lines that were cut or are of another form', async (t) => {
    const folder = tempFolder(t);
    const logbook = new Logbook(folder);
    await logbook.append([mark('one')]);
    appendFileSync(join(folder, 'logbook.ndjson'), '{"entry":"later","x":1}\n{"entry":"mark","te');
    await logbook.append([mark('two')]);
    assert.deepEqual(await textsOf(logbook), ['one', 'two']);
    assert.equal(readFileSync(join(folder, 'logbook.ndjson'), 'utf8').split('\n').length, 5);
  });

  it('takes away the lock of a process that was killed', async (t) => {
    const folder = tempFolder(t);
    const lock = join(folder, 'logbook.ndjson.lock');
    writeFileSync(lock, '');
    utimesSync(lock, new Date(0), new Date(0));
    const logbook = new Logbook(folder);
    await logbook.append([mark('one')]);
    assert.deepEqual(await textsOf(logbook), ['one']);
  });

  it('says which file cannot be written', async (t) => {
    const folder = tempFolder(t, { quality: 'a file' });
    await assert.rejects(new Logbook(join(folder, 'quality')).append([mark('one')]), {
      code: 'store',
      message: /^cannot write .*logbook\.ndjson: /,
    });
    mkdirSync(join(folder, 'logbook.ndjson'));
    await assert.rejects(new Logbook(folder).news(), { code: 'store', message: /^cannot read / });
  });
});

describe('LogbookState', () => {
  const stateOf = (...entries: readonly NewEntry[]): LogbookState => {
    const state = new LogbookState('night');
    for (const entry of entries) state.add({ time: '2026-05-01T12:00:00.000Z', ...entry });
    return state;
  };
  const began: NewEntry = { entry: 'began', after: '2026-05-01T12:00:00.000Z', group: 'night' };

  it('knows which alarms stand, and gives a test and object the id of one that does', () => {
    const state = stateOf(began, reported('raised', '2026-05-01T12:00:10.000Z'));
    assert.deepEqual([...state.standing.values()], [alarm]);
    assert.equal(state.idOf('channel_low', '1:37'), alarm.id);
    assert.equal(state.idOf('channel_low', '1:3'), undefined);
    assert.equal(state.idOf('channel_high', '1:37'), undefined);
    const cleared = stateOf(began, reported('raised', '1'), reported('cleared', '2'));
    assert.equal(cleared.idOf('channel_low', '1:37'), undefined);
  });

  it('tells changes that nobody has reported from those before the first monitor', () => {
    const state = stateOf(began, reported('raised', '2026-05-01T12:00:10.000Z'));
    const raised = { event: 'raised' as const, ...alarm };
    assert.equal(state.isMissed('2026-05-01T12:00:10.000Z', raised), false);
    assert.equal(state.isMissed('2026-05-01T12:00:20.000Z', raised), true);
    assert.equal(state.isMissed('2026-05-01T11:59:59.000Z', raised), false);
    assert.equal(stateOf().isMissed('2026-05-01T12:00:20.000Z', raised), false);
  });

  it('keeps the id of an acknowledged alarm until somebody calls it over', () => {
    const seen: NewEntry = { entry: 'acknowledged', id: alarm.id, by: 'ann' };
    for (const [entries, id] of [
      [[seen], alarm.id],
      [[seen, { entry: 'over', id: alarm.id }], undefined],
      [[seen, reported('raised', '1'), reported('cleared', '2')], undefined],
    ] as const) {
      const state = stateOf(...entries);
      assert.deepEqual([state.idOf('channel_low', '1:37'), state.isSeen(alarm.id)], [id, id !== undefined]);
    }
  });

  it('has the marks, with who wrote them', () => {
    const { marks } = stateOf(mark('HV up'), mark('HV down'));
    assert.deepEqual(marks.map(({ text, by }) => [text, by]), [['HV up', 'ann'], ['HV down', 'ann']]); // prettier-ignore
  });

  it('passes over what another group has reported', () => {
    assert.equal(stateOf(reported('raised', '1', 'day')).standing.size, 0);
  });

  it('knows acknowledgements that were not reported, and objects that are known to be bad', () => {
    const seen: NewEntry = { entry: 'acknowledged', id: alarm.id, by: 'ann', note: 'cable' };
    assert.deepEqual([...stateOf(seen).unreported], [alarm.id]);
    assert.deepEqual([...stateOf(seen, reported('acknowledged', '1')).unreported], []);
    const known: NewEntry = { entry: 'known', object: '1:44', by: 'ann', note: 'noisy' };
    assert.equal(stateOf(known).known.get('1:44')?.note, 'noisy');
    assert.equal(stateOf(known, { entry: 'unknown', object: '1:44', by: 'ann' }).known.size, 0);
  });
});
