import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Admin, Kafka, logLevel, type Message, Partitioners, type Producer } from 'kafkajs';
import { assertFails, skipForBinary } from '../../../helpers/program/cli.js';
import { skipKafka } from '../../../helpers/servers/kafka-broker.js';
import { readToEnd } from '../../../transport/records.js';
import { kafkaLine } from '../line.js';
import { endOf, stderrSays } from '../pipeline.js';

const rows = 6000;
const done = { code: 0, signal: null };
const words = { 'content-type': 'application/x-dt-words' };
const good = '2,0,72,46758,279,18';

/** Messages that no program of ours writes: how many rows each is, and which bytes of them are rejected. */
const poison: readonly (Message & { readonly rows: number; readonly rejected: readonly string[] })[] = [
  { value: null, rows: 1, rejected: [''] },
  { value: '', rows: 1, rejected: [''] },
  { value: '\0\0\0', rows: 1, rejected: ['\0\0\0'] },
  { value: Buffer.from([0xff, 0xfe, 0x32, 0x2c]), rows: 1, rejected: ['\xff\xfe2,'] },
  { value: 'x'.repeat(300_000), rows: 1, rejected: ['x'.repeat(300_000)] },
  { value: `${good}\r\n2,0,72\r\n${good}\n`, rows: 3, rejected: ['2,0,72'] },
  { value: ','.repeat(5), rows: 1, rejected: [',,,,,'] },
  { value: '2,0,1e3,46758,279,18', rows: 1, rejected: ['2,0,1e3,46758,279,18'] },
  { value: '2,9,72,46758,279,18', rows: 1, rejected: ['2,9,72,46758,279,18'] },
  { value: '{"HEAD":2}', headers: { 'content-type': 'application/json' }, rows: 1, rejected: ['{"HEAD":2}'] },
  { value: good, headers: { 'content-type': Buffer.from([0xff, 0]), odd: '' }, rows: 1, rejected: [] },
  { value: good, key: Buffer.from([0xff]), rows: 1, rejected: [] },
  { value: '', headers: words, rows: 1, rejected: [''] },
  { value: Buffer.alloc(13, 7), headers: words, rows: 2, rejected: ['\x07'.repeat(5)] },
];

describe('messages of Kafka that are out of the ordinary', { skip: skipKafka }, () => {
  const { pipeline, log, broker, input } = kafkaLine(rows);
  let producer: Producer;
  let admin: Admin;
  before(async () => {
    const kafka = new Kafka({ brokers: [broker().brokers], logLevel: logLevel.NOTHING });
    producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    admin = kafka.admin();
    await Promise.all([producer.connect(), admin.connect()]);
  });
  after(() => Promise.all([producer.disconnect(), admin.disconnect()]));

  const lines = (): string[] => readFileSync(input, 'latin1').trimEnd().split('\n').slice(1);
  const createTopic = (topic: string, numPartitions: number, config: Readonly<Record<string, string>> = {}) => {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    return admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, configEntries }] });
  };

  it('are kept with their bytes and stop nothing, each between good ones', async () => {
    const run = pipeline();
    await createTopic(run.topic, 1);
    const reader = await log().openReader('data_rejected', 'latest');
    const messages = poison.flatMap(({ value, key, headers }) => [
      { value: good },
      { value, ...(key === undefined ? {} : { key }), ...(headers === undefined ? {} : { headers }) },
    ]);
    await producer.send({ topic: run.topic, messages });
    assert.deepEqual(await endOf(run.process('--until-end')), done);
    await run.assertEqual(poison.reduce((sum, { rows: own }) => sum + own + 1, 0));
    const kept = await readToEnd(reader, 'latin1');
    await reader.close();
    assert.deepEqual(
      kept.map(({ value, headers }) => [headers.offset, value]),
      poison.flatMap(({ rejected }, index) => rejected.map((value) => [String(2 * index + 1), value])),
    );
  });

  it('are placed by their orbits, whatever their timestamps say', async () => {
    const run = pipeline();
    // The brokers themselves refuse what is more than an hour ahead, unless they are told to take it.
    await createTopic(run.topic, 3, { 'message.timestamp.after.max.ms': String(2 ** 62) });
    const timeOf = [
      (i: number) => i,
      (i: number) => 4_102_444_800_000 - i,
      (i: number) => (i % 2 === 0 ? 946_684_800_000 : 4_102_444_800_000),
    ];
    const all = lines();
    for (let from = 0; from < all.length; from += 500) {
      const messages = all.slice(from, from + 500).map((value, i) => {
        const partition = (from + i) % 3;
        return { value: Buffer.from(value, 'latin1'), partition, timestamp: String(timeOf[partition](from + i)) };
      });
      await producer.send({ topic: run.topic, messages });
    }
    await run.assertExact();
  });

  it('are published at the same pace when the wall clock is set back by an hour', { skip: skipForBinary }, async () => {
    const run = pipeline();
    const produce = run.produce('--rate', '500');
    const preload = `const now = Date.now;
      setTimeout(() => { Date.now = () => now() - 3_600_000; process.stderr.write('clock moved\\n'); }, 3000).unref();`;
    const member = run.processWith({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` });
    await stderrSays(member, /clock moved/);
    await run.published();
    await run.published();
    await run.stop(member);
    assert.deepEqual(await endOf(produce), done);
    await run.assertExact();
  });

  it('are written in batches that fit a topic with a small limit, and one that is too large is refused', async () => {
    const run = pipeline();
    await createTopic(run.topic, 4, { 'max.message.bytes': '5000' });
    const tooLarge = await run.produce('--rate', 'max', '--rows-per-message', '1000').result();
    assertFails(
      tooLarge,
      1,
      /cannot append to raw-\S+: a message is larger than the topic accepts \(max\.message\.bytes\)/,
    );
    assert.deepEqual(await endOf(run.produce('--rate', 'max', '--rows-per-message', '20')), done);
    await run.assertExact();
  });

  it('are read past where they are too large for the topic of rejected rows, which keeps their beginning', async () => {
    const run = pipeline();
    await createTopic(run.topic, 1, { 'max.message.bytes': '3000000' });
    const reader = await log().openReader('data_rejected', 'latest');
    const junk = Buffer.from(randomBytes(1_800_000).map((byte) => (byte === 0x0a ? 0 : byte)));
    // The second one would fit alone, but not with its headers.
    const values = [good, junk, good, junk.subarray(0, 1_048_500), good];
    for (const value of values) await producer.send({ topic: run.topic, messages: [{ value }] });
    const member = run.process('--until-end');
    const { code, stderr } = await member.result();
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`too long to be kept whole: partition 0, offset 1, line 1 of ${run.topic};`));
    assert.match(stderr, /the first 524288 of its 1800000 bytes are kept in data_rejected/);
    assert.match(stderr, /2 rejected rows were too long to be kept whole/);
    await run.assertEqual(values.length);
    const kept = (await readToEnd(reader, 'latin1')).map(({ value, headers }) => ({ value, headers }));
    await reader.close();
    assert.deepEqual(
      kept.map(({ value, headers }) => [value.length, headers.offset, headers.bytes, headers.sha256]),
      [junk, junk.subarray(0, 1_048_500)].map((row, index) => [
        ...[524_288, String(2 * index + 1), String(row.length)],
        createHash('sha256').update(row).digest('hex'),
      ]),
    );
    assert.equal(kept[0].value, junk.toString('latin1', 0, 524_288));
  });
});
