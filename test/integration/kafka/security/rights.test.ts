import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type AclResourceTypes, type Admin } from 'kafkajs';
import { type CliResult, runCli } from '../../../helpers/program/cli.js';
import { type KafkaBroker, skipKafka, startBroker, testUser } from '../../../helpers/servers/kafka-broker.js';

/** A row of the table of rights in docs/kafka.md. */
interface Right {
  readonly command: string;
  readonly operation: string;
  readonly on: string;
  readonly name: string;
  readonly isPrefix: boolean;
  /** What the command says without it. */
  readonly text: string;
}

const page = readFileSync(new URL('../../../../../docs/kafka.md', import.meta.url), 'utf8');
const rowPattern = /^\| `([^`]+)`\s+\| (\w+)\s+\| ([\w-]+) `([^`*]+)(\*?)`\s+\| `([^`]+)`/gm;
const rights: readonly Right[] = [...page.matchAll(rowPattern)].map(([, command, operation, on, name, star, text]) => ({
  ...{ command, operation, on, name, text },
  isPrefix: star === '*',
}));
/** Of the commands that give one user the rights on all names with its prefix. */
const prefixed: readonly Pick<Right, 'operation' | 'on' | 'name' | 'isPrefix'>[] = [
  ...page.matchAll(/^kafka-acls\.sh .*--resource-pattern-type prefixed (.*) --([\w-]+) (\S+)$/gm),
].flatMap(([, operations, on, name]) =>
  [...operations.matchAll(/--operation (\w+)/g)].map(([, operation]) => ({ operation, on, name, isPrefix: true })),
);
const guest = { username: 'guest', password: 'guest-secret' };
const topics = ['data_raw', 'data_clean', 'data_rejected'];

describe('the rights that docs/kafka.md lists', { skip: skipKafka }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-rights-'));
  let broker: KafkaBroker;
  let admin: Admin;
  before(async () => {
    broker = await startBroker({ security: 'sasl-tls' });
    writeFileSync(join(dir, 'ca.pem'), broker.ca ?? '');
    const kafka = new kafkajs.Kafka({
      brokers: [broker.brokers],
      ssl: { ca: broker.ca ?? '' },
      sasl: { mechanism: 'plain', ...testUser },
      logLevel: kafkajs.logLevel.NOTHING,
    });
    admin = kafka.admin();
    await admin.connect();
  });
  after(async () => {
    await admin.disconnect();
    await broker.close();
    rmSync(dir, { recursive: true });
  });

  const run = (args: readonly string[], { username, password } = guest): Promise<CliResult> =>
    runCli(args, {
      timeoutMs: 20_000,
      env: {
        DTSTREAM_BROKERS: broker.brokers,
        DTSTREAM_KAFKA_CA: join(dir, 'ca.pem'),
        DTSTREAM_KAFKA_SASL: 'plain',
        DTSTREAM_KAFKA_USER: username,
        DTSTREAM_KAFKA_PASSWORD: password,
      },
    });
  /** Takes all rights of the guest on something of this type. */
  const takeAway = async (resourceType: AclResourceTypes): Promise<void> => {
    const { AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs;
    await admin.deleteAcls({
      filters: [
        {
          resourceType,
          resourcePatternType: ResourcePatternTypes.ANY,
          principal: 'User:guest',
          operation: AclOperationTypes.ANY,
          permissionType: AclPermissionTypes.ANY,
        },
      ],
    });
  };
  /** Gives the guest these rights and no other, and waits until the broker goes by them. */
  const grant = async (given: readonly (typeof prefixed)[number][]): Promise<void> => {
    const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs;
    const types = {
      topic: AclResourceTypes.TOPIC,
      group: AclResourceTypes.GROUP,
      'transactional-id': AclResourceTypes.TRANSACTIONAL_ID,
    } as const;
    await takeAway(AclResourceTypes.ANY);
    const acl = given.map(({ operation, on, name, isPrefix }) => ({
      resourceType: types[on as keyof typeof types],
      resourceName: name,
      resourcePatternType: ResourcePatternTypes[isPrefix ? 'PREFIXED' : 'LITERAL'],
      principal: 'User:guest',
      host: '*',
      operation: AclOperationTypes[operation.toUpperCase() as 'READ'],
      permissionType: AclPermissionTypes.ALLOW,
    }));
    if (acl.length > 0) await admin.createAcls({ acl });
  };
  /** Topics with rows and results, all made by a user who may do everything. */
  const prepare = async (): Promise<void> => {
    const produced = await run(
      // The same rows again and again: each time another run, or nearly all hits would be late.
      ['produce', '--limit', '200', '--rate', 'max', '--partitions', '2', '--new-run', '--quiet'],
      testUser,
    );
    assert.equal(produced.code, 0, produced.stderr);
    const processed = await run(['process', '--until-end', '--quiet', '--threads', '1'], testUser);
    assert.equal(processed.code, 0, processed.stderr);
  };
  const clear = async (): Promise<void> => {
    const there = new Set(await admin.listTopics());
    await admin.deleteTopics({ topics: topics.filter((topic) => there.has(topic)) });
  };
  /** End of each partition of the rows and of the results; 0 where there is no topic. */
  const messages = async (): Promise<string[]> => {
    const ends = await Promise.all(
      ['data_raw', 'data_clean'].map((topic) => admin.fetchTopicOffsets(topic).catch(() => [])),
    );
    return ends.flatMap((partitions) => partitions.filter(({ high }) => high !== '0').map(({ high }) => high));
  };
  const commandLines: Readonly<Record<string, readonly string[]>> = {
    produce: ['produce', '--limit', '10', '--partitions', '2', '--rate', 'max', '--quiet'],
    process: ['process', '--until-end', '--quiet', '--threads', '1'],
    'process --reset': ['process', '--reset', '--until-end', '--quiet', '--threads', '1'],
    watch: ['watch', '--once'],
    verify: ['verify', '--quiet'],
    '--recreate-topics': [
      'produce',
      '--recreate-topics',
      '--yes',
      '--limit',
      '10',
      '--partitions',
      '2',
      '--rate',
      'max',
      '--quiet',
    ],
  };
  /** Rights of a command; a variant of one needs those of the command as well. */
  const rightsOf = (command: string): Right[] => {
    const base = { 'process --reset': 'process', '--recreate-topics': 'produce' }[command];
    return rights.filter((right) => right.command === command || right.command === base);
  };

  it('are read from the page', () => {
    assert.ok(rights.length >= 15);
    assert.deepEqual(new Set(rights.map(({ command }) => command)), new Set(Object.keys(commandLines)));
  });

  for (const command of Object.keys(commandLines)) {
    it(`are all that ${command} needs, and each is missed by name`, async () => {
      const line = commandLines[command];
      const all = rightsOf(command);
      for (const left of all.filter((right) => right.command === command)) {
        const rest = all.filter((right) => right !== left);
        if (left.operation === 'Create') {
          await clear();
          // The topics of the command before this one must be there.
          if (command === 'process') await prepareRaw();
        } else {
          await prepare();
        }
        await grant(rest);
        const before = await messages();
        const { code, stderr } = await run(line);
        const what = `${command} without ${left.operation} on ${left.on} ${left.name}`;
        assert.equal(code, 1, `${what}: ${stderr}`);
        assert.match(stderr, /^dtstream: [^\n]+\n$/, what);
        assert.ok(stderr.includes(left.text), `${what} says ${stderr}, not ${left.text}`);
        assert.deepEqual(await messages(), before, `${what} has written something`);
      }
      await prepare();
      await grant(all);
      const { code, stderr } = await run(line);
      assert.equal(code, 0, stderr);
    });
  }

  const prepareRaw = async (): Promise<void> => {
    const produced = await run(
      // The same rows again and again: each time another run, or nearly all hits would be late.
      ['produce', '--limit', '200', '--rate', 'max', '--partitions', '2', '--new-run', '--quiet'],
      testUser,
    );
    assert.equal(produced.code, 0, produced.stderr);
  };

  it('suffice as prefixed ones with --prefix, for a user who has no others, and keep two users apart', async () => {
    assert.equal(prefixed.length, 7);
    const [{ name: prefix }] = prefixed;
    const input = join(dir, 'prefixed.csv');
    const made = await run(['simulate', '--rows', '500', '--out', input, '--quiet']);
    assert.equal(made.code, 0, made.stderr);
    await prepare();
    await grant(prefixed);
    const mine = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await run([...args, '--prefix', prefix]);
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    const written = ['produce', input, '--rate', 'max', '--partitions', '2', '--quiet', '--resume'];
    await mine(...written, '--limit', '300');
    await mine(...written);
    await mine('process', '--until-end', '--quiet', '--threads', '1');
    assert.match(await mine('watch', '--plain', '--until-end'), /alice\.dtstream\/0 #0 .* 500 rows read/);
    assert.match(await mine('verify', '--quiet'), /^equal over 500 rows/);
    assert.match(await mine('process', '--reset', '--until-end', '--quiet', '--threads', '1'), /^$/);
    const listed = await mine('topics');
    assert.match(listed, /^alice\.data_raw /m);
    assert.doesNotMatch(listed, /^(?:data_|dtstream)/m);
    await mine('doctor', '--for', 'produce,process,watch,verify');
    const doctor = await run(['doctor', '--prefix', 'bob.', '--for', 'process']);
    assert.match(doctor.stdout, / --operation Write --topic bob\. --resource-pattern-type prefixed; .*--group bob\. /);
    for (const line of [commandLines.produce, commandLines.process, commandLines.watch, commandLines.verify]) {
      assert.equal((await run(line)).code, 1, line.join(' '));
    }
    await admin.deleteTopics({ topics: topics.map((topic) => prefix + topic) });
  });

  it('may be taken away under produce --resume, which then says what it will write again', async () => {
    const rows = 20_000;
    const input = join(dir, 'rows.csv');
    const made = await run(['simulate', '--rows', String(rows), '--out', input, '--quiet']);
    assert.equal(made.code, 0, made.stderr);
    await clear();
    await admin.createTopics({ topics: [{ topic: 'data_raw', numPartitions: 2 }] });
    await grant(rightsOf('produce'));
    const produce = ['produce', input, '--resume', '--partitions', '2', '--quiet'];
    const ended = run([...produce, '--rate', '4k']);
    const written = async (): Promise<number> =>
      (await admin.fetchTopicOffsets('data_raw')).reduce((sum, { high }) => sum + Number(high), 0);
    const signal = AbortSignal.timeout(20_000);
    while ((await written()) < 1000) await sleep(50, undefined, { signal });
    await takeAway(kafkajs.AclResourceTypes.GROUP);
    const { code, stderr } = await ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^dtstream: [^\n]+: the user may not use this group[^\n]*\n$/);
    // Whether that shows at the note of an append or at a look before the next one.
    const repeated = /the last (?:message is|([\d,]+) messages are) in data_raw by now, and --resume may write/.exec(
      stderr,
    );
    const surplus = repeated === null ? 0 : Number(repeated[1]?.replaceAll(',', '') ?? 1);
    await grant(rightsOf('produce'));
    const again = await run([...produce, '--rate', 'max']);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(await written(), rows + surplus);
    await clear();
  });

  it('are missed by topics, which says that its list is not all', async () => {
    await prepare();
    await grant([]);
    const none = await run(['topics']);
    assert.equal(none.code, 0, none.stderr);
    assert.match(
      none.stderr,
      /not listed: topics and groups the user may not see, such as data_raw, data_clean, data_rejected: Describe/,
    );
    await grant(rightsOf('verify'));
    const some = await run(['topics']);
    assert.match(
      some.stderr,
      /not listed: topics and groups the user may not see, such as data_rejected: Describe is missing/,
    );
    assert.match(some.stdout, /^data_raw /m);
  });

  it('leave nothing to say for doctor, and each that is missing is named with its command', async () => {
    await prepare();
    const commands = ['produce', 'process', 'watch', 'verify'];
    for (const command of commands) {
      await grant(rightsOf(command));
      const good = await run(['doctor', '--json', '--for', command]);
      assert.equal(good.code, 0, good.stdout);
      // Write on the transactional ids is the one that is asked for in another way than the others.
      for (const left of rightsOf(command).filter(({ operation }) => operation !== 'Create')) {
        await grant(rightsOf(command).filter((right) => right !== left));
        const { code, stdout } = await run(['doctor', '--for', command]);
        const line = stdout.split('\n').find((text) => text.includes(`rights of ${command}`)) ?? stdout;
        assert.match(
          line,
          new RegExp(`^fail .*missing: .*${left.operation} on ${left.on.replace('-', ' ')}s? ${left.name}`),
        );
        assert.equal(code, 1);
      }
    }
    await grant(rightsOf('watch'));
    const any = await run(['doctor']);
    assert.match(any.stdout, /^warn {2}rights of process .*missing: /m);
    assert.equal(any.code, 0);
    await grant([]);
    assert.equal((await run(['doctor'])).code, 1);
  });
});
