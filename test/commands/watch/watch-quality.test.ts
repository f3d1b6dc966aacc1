import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Logbook } from '../../../src/commands/quality/logbook.js';
import { type AlarmNews, WatchQuality, type WatchQualityOptions } from '../../../src/commands/watch/watch-quality.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { defaultPhysics } from '../../../src/domain/physics-settings.js';
import { physicsHash } from '../../../src/pipeline/consume/geometry-hash.js';
import type { QualityReference } from '../../../src/quality/quality-reference.js';
import { defaultQuality } from '../../../src/quality/quality-settings.js';
import { Quality } from '../../../src/quality/quality.js';
import { applyMessage, emptyState } from '../../../src/results/dashboard-state.js';
import { MessageSum } from '../../../src/results/message-sums.js';
import { renderScreen } from '../../../src/tui/pages/render-screen.js';
import { firstChoices, type Page, viewOf as viewWith } from '../../../src/tui/pages/view.js';
import { makeDetectorView } from '../../../src/views/detector/make-detector-view.js';
import { alarmRows } from '../../../src/views/detector/verdict-view.js';
import { MemoryLog } from '../../helpers/memory-log/memory-log.js';
import { testConsole } from '../../helpers/program/test-process.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { batchOf } from '../../transport/records.js';
import { sampleMessages, sampleMinute, sampleReference } from '../../views/sample-detector.js';

const topic = 'data_clean';
const geometryHash = physicsHash(defaultGeometry, defaultPhysics);

/** A minute and a half: two channels fail after 25 s and are well again after 55 s. */
const faults = 'dead:2:17@25-55,hot:0:5:10@25-55';
const seconds = 90;
let messages: BatchMessage[];
let reference: QualityReference;

interface Watched {
  readonly quality: WatchQuality;
  /** Gives it messages, one after the other. */
  readonly take: (messages: readonly BatchMessage[], unread?: number) => Promise<void>;
  readonly news: string[];
  readonly said: () => string[];
  /** What the list of alarms says: state, object and fault. */
  readonly rows: () => string[];
}

/** A screen's tests over a log that holds some messages at its start. */
async function watched(
  context: TestContext,
  { state, held = [], ...options }: { state: string; held?: readonly BatchMessage[] } & Partial<WatchQualityOptions>,
): Promise<Watched> {
  const { console, process } = testConsole();
  const log = new MemoryLog();
  await log.createTopics([{ topic, partitions: 1, replicationFactor: 1 }]);
  log.append(topic, [batchOf(0, held.map((message) => JSON.stringify(message)))]); // prettier-ignore
  const settings = { geometry: defaultGeometry, physics: defaultPhysics, settings: defaultQuality };
  const makeQuality = (knownId?: ConstructorParameters<typeof Quality>[0]['knownId']): Quality =>
    new Quality({ ...settings, geometryHash, reference, knownId });
  const news: string[] = [];
  const onNews = ({ what, alarm: { chamber, channel, test }, remark }: AlarmNews): void => {
    news.push([what, `${chamber}:${channel}`, test, remark?.by].filter(Boolean).join(' '));
  };
  const quality = new WatchQuality({
    ...{ console, onNews, foldS: 3600, until: 'latest' },
    setup: { geometryHash, geometry: defaultGeometry, reference, chambers: defaultGeometry.chambers, makeQuality },
    flags: { topic, state, store: 'none', brokerWait: 0 },
    ...options,
  });
  context.after(() => quality.close());
  const sink = quality.sink({
    ...{ take: () => undefined, progress: () => undefined, waiting: () => undefined, beginAnew: () => undefined },
  });
  let offset = 0;
  const take = async (those: readonly BatchMessage[], unread = 0): Promise<void> => {
    for (const message of those) {
      const value = Buffer.from(JSON.stringify(message));
      await sink.take(value, { partition: 0, offset: offset++, receivedMs: 0 }, { message });
    }
    sink.progress({ unread, lostRecords: 0, log });
  };
  sink.progress({ unread: held.length, lostRecords: 0, log });
  const rows = (): string[] => {
    const picture = quality.picture();
    assert.ok(picture !== undefined);
    return alarmRows(picture).map((row) => [row.state, row.objectText, row.fault, row.remark?.by].filter(Boolean).join(' ')); // prettier-ignore
  };
  return { quality, take, news, said: () => process.saidLines(), rows };
}

/** The chambers and signs of the last minute as pages show them. */
function viewOf(quality: WatchQuality, window: readonly BatchMessage[]) {
  const sum = new MessageSum();
  for (const message of window) sum.add(message);
  const { sums } = sum;
  return makeDetectorView({
    ...{ nowMs: sums.toMs ?? 0, isCurrent: true, geometry: defaultGeometry, sinceStart: sums, reference },
    ...{ window: { kind: 'last', title: 'last 60 s', sums }, showReference: 'overlay', marks: quality.marks() },
    ...{ quality: quality.picture(), activeSteps: () => [], boxTrends: [] },
    trends: { columnS: 1, endMs: 0, all: [], chambers: [], trigger: [], lag: [], marks: [] },
  });
}

describe('WatchQuality', () => {
  before(async () => {
    messages = await sampleMessages({ rows: 5500 * seconds, seed: 21 }, faults);
    reference = await sampleReference();
  });

  it('names a dead and a hot channel within 20 s, and calls them over within 20 s of their end', async (t) => {
    const { quality, take, news } = await watched(t, { state: tempFolder(t) });
    const said: string[] = [];
    for (const [at, message] of messages.entries()) {
      await take([message]);
      const { chambers } = viewOf(quality, messages.slice(Math.max(0, at - 59), at + 1));
      const words = chambers.map(({ verdict }) => verdict.word);
      const isNamed = words[0] === 'HOT 1' && words[2] === 'DEAD 1';
      const isMarked = chambers[0].occupancy.signs[5] === '^' && chambers[2].occupancy.signs[17] === 'x';
      const { layers } = chambers[2];
      const isInLayer = layers.some(({ dead }) => dead === 1);
      said.push(isNamed && isMarked && isInLayer ? 'named' : words.every((word) => word === 'ok' || word === '?') ? 'well' : 'part');
    } // prettier-ignore
    const second = (word: string, from: number): number => said.indexOf(word, from);
    const liveS = messages.reduce((sum, { physics }) => sum + (physics?.live_s ?? 0), 0) / messages.length;
    assert.ok(Math.abs(liveS - 1) < 0.05, 'a message is a second of the detector');
    assert.deepEqual([...new Set(said.slice(0, 24))], ['well'], said.join(' '));
    assert.ok(second('named', 25) <= 25 + 20, said.join(' '));
    assert.ok(second('well', 55) <= 55 + 20, said.join(' '));
    assert.deepEqual([...new Set(news.map((line) => line.split(' ')[1]))].sort(), ['0:5', '2:17']);
    assert.equal(quality.picture()?.gone.length, news.filter((line) => line.startsWith('cleared')).length);
  });

  it('shows both on the screen, in the first line and on the pages, at every size without colour', async (t) => {
    const { quality, take } = await watched(t, { state: tempFolder(t) });
    const shown = messages.slice(0, 50);
    await take(shown);
    const state = emptyState();
    for (const message of shown) applyMessage(state, message, { receivedMs: Date.parse(message.batch.closed) });
    const detector = viewOf(quality, shown);
    const draw = (page: Page, chamber: number, [width, height]: readonly [number, number]): string[] => {
      const view = viewWith({ page, nowMs: detector.nowMs, choices: { ...firstChoices, chamber } });
      return renderScreen({ state, detector, view }, { width, height, style: { color: 'none', ascii: true } });
    };
    for (const size of [[60, 15], [80, 24], [120, 40], [200, 60]] as const) {
      for (const [chamber, word, sign, channel] of [[0, 'HOT', '^', 5], [2, 'DEAD', 'x', 17]] as const) {
        for (const page of ['overview', 'occupancy', 'cells'] as const) {
          const [first, , ...rest] = draw(page, chamber, size);
          const text = rest.slice(0, -2).join('\n');
          assert.match(first, /0 HOT .*2 DEAD /, first);
          assert.ok(text.includes(word), `${word} on ${page}:\n${text}`);
          assert.ok(page === 'overview' || text.includes(sign), `${sign} on ${page}:\n${text}`);
          assert.ok(page === 'cells' || new RegExp(`\\${sign} ?${channel}\\b|${chamber}:${channel}\\b`).test(text), text);
        }
      }
    }
  }); // prettier-ignore

  it('raises nothing in data without a fault', async (t) => {
    const healthy = await sampleMessages({ rows: 5500 * 120, seed: 22 });
    const { quality, take, news } = await watched(t, { state: tempFolder(t) });
    await take(healthy);
    assert.deepEqual([news, quality.picture()?.alarms], [[], []]);
    const { chambers } = viewOf(quality, healthy.slice(-60));
    assert.deepEqual(chambers.map(({ verdict }) => verdict.word), ['ok', 'ok', 'ok', 'ok']); // prettier-ignore
  });

  it('shares what keys say with other screens, also with those that are opened later', async (t) => {
    const state = tempFolder(t);
    const one = await watched(t, { state });
    await one.take(messages.slice(0, 45));
    const dead = one.quality.picture()?.alarms.filter(({ chamber }) => chamber === 2) ?? [];
    const ids = dead.map(({ id }) => id);
    assert.ok(ids.length > 1);
    assert.equal(await one.quality.act({ kind: 'acknowledge', ids }), 'acknowledged: 2:17 dead');
    assert.equal(await one.quality.act({ kind: 'known', object: '0:5', note: 'HV board 3' }), '0:5 is known to be bad');
    assert.equal(
      await one.quality.act({ kind: 'mark', text: 'gas flow 3.1 l/h', atMs: Date.now() }),
      'marked: gas flow 3.1 l/h',
    );
    const other = await watched(t, { state, held: messages.slice(0, 45) });
    await other.take(messages.slice(0, 45));
    for (const { rows, quality } of [one, other]) {
      assert.deepEqual([...new Set(rows().map((row) => row.split(' ').slice(0, 2).join(' ')))], ['SEEN 2:17', 'KNOWN 0:5']); // prettier-ignore
      assert.ok(
        rows().every((row) => row.split(' ').length === 4),
        'each says who',
      );
      assert.deepEqual(quality.picture()?.known.get('0:5')?.note, 'HV board 3');
      const marks = quality.marks().map(({ number, atMs, text }) => [number, atMs === sampleMinute.fromMs, text]);
      assert.deepEqual(marks, [[1, true, 'run 0 begins'], [2, false, 'gas flow 3.1 l/h']]); // prettier-ignore
    }
    for (const { take } of [one, other]) await take(messages.slice(45));
    // What was seen or known ends without a word.
    for (const { quality } of [one, other]) assert.deepEqual(quality.picture()?.gone, []);
    // The next alarm of the channel is another one, for a screen that is opened then, too.
    const logbook = new Logbook(state);
    const over = new Set<string>();
    for (const untilMs = Date.now() + 20_000; over.size < ids.length && Date.now() < untilMs;) {
      for (const entry of await logbook.news()) if (entry.entry === 'over') over.add(entry.id);
      await delay(100);
    }
    assert.deepEqual([...over].sort(), [...ids].sort());
    assert.ok(one.news.some((line) => /^seen 2:17 channel_low ./.test(line)));
    assert.ok(one.news.some((line) => /^known 0:5 channel_high ./.test(line)));
  });

  it('keeps the id of an acknowledged alarm for a screen that reads less of the past', async (t) => {
    const state = tempFolder(t);
    const one = await watched(t, { state });
    await one.take(messages.slice(0, 40));
    const ids = one.quality.picture()?.alarms.map(({ id }) => id) ?? [];
    await one.quality.act({ kind: 'acknowledge', ids });
    const later = await watched(t, { state, held: messages.slice(0, 50), foldS: 15 });
    await later.take(messages.slice(0, 50));
    const found = later.quality.picture()?.alarms ?? [];
    assert.ok(
      found.length > 0 && found.every(({ id, at_or_before: isBefore }) => isBefore === true && ids.includes(id)),
    );
    assert.ok(
      later.rows().every((row) => row.startsWith('SEEN')),
      later.rows().join(', '),
    );
  });

  it('says nothing before all that was there is read, and judges only the end of it', async (t) => {
    const held = messages.slice(0, 80);
    const judged: string[] = [];
    const onJudged: WatchQualityOptions['onJudged'] = (states) => void judged.push(states.join(' '));
    const { quality, news, take } = await watched(t, { state: tempFolder(t), held, foldS: 10, onJudged });
    await take(held.slice(0, 75), 5);
    assert.equal(quality.picture(), undefined);
    assert.equal(judged.length, 5, 'those of the last 10 s');
    await take(held.slice(75));
    assert.deepEqual(quality.picture()?.alarms, []);
    assert.deepEqual(news, [], 'the faults were over before the last 10 s');
  });

  it('tells the states of the chambers after each message, those of then while the past is read', async (t) => {
    const judged: (readonly string[])[] = [];
    const onJudged: WatchQualityOptions['onJudged'] = (states) => void judged.push(states);
    const { quality, take } = await watched(t, { state: tempFolder(t), held: messages, onJudged });
    await take(messages, 1);
    assert.equal(quality.picture(), undefined);
    const of = (chamber: number): string[] => judged.map((states) => states[chamber]);
    assert.equal(judged.length, messages.length);
    for (const chamber of [0, 2]) {
      assert.deepEqual([...new Set(of(chamber).slice(0, 25))], ['unknown', 'ok']);
      assert.ok(of(chamber).slice(25, 45).includes('bad'));
      assert.equal(of(chamber).at(-1), 'ok');
    }
    for (const chamber of [1, 3]) assert.deepEqual([...new Set(of(chamber))], ['unknown', 'ok']);
  });

  it('keeps what it cannot write, and says so at the key', async (t) => {
    const folder = tempFolder(t);
    const state = join(folder, 'file');
    writeFileSync(state, '');
    const { quality, take, rows } = await watched(t, { state });
    await take(messages.slice(0, 40));
    const picture = quality.picture();
    assert.ok(picture !== undefined);
    const [{ ids }] = alarmRows(picture);
    const said = await quality.act({ kind: 'acknowledge', ids });
    assert.match(said, /^acknowledged: \d:\d+ \w+, on this screen only: cannot write .*logbook\.ndjson: /);
    assert.equal(rows().filter((row) => row.startsWith('SEEN')).length, 1);
    await quality.act({ kind: 'mark', text: 'no disk', atMs: Date.now() });
    assert.equal(quality.marks().at(-1)?.text, 'no disk');
  });

  it('says why nothing is judged', async (t) => {
    const { quality, take, said } = await watched(t, { state: tempFolder(t) });
    await take(messages.slice(0, 3).map((message) => ({ ...message, physics: undefined })));
    const text = 'messages without physics (process --physics off, or an older version): tests have no data';
    assert.equal(quality.picture()?.unjudged, text);
    assert.deepEqual(said(), [text]);
    assert.deepEqual(viewOf(quality, messages.slice(0, 3)).chambers.map(({ verdict }) => verdict.word), ['?', '?', '?', '?']); // prettier-ignore
  });
});
