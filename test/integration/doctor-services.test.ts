import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import kafkajs, { type AclOperationTypes, type AclResourceTypes } from 'kafkajs';
import type { Finding } from '../../src/commands/doctor/finding.js';
import { assertFails, runCli } from '../helpers/cli.js';
import { type KafkaBroker, skipKafka, startBroker, testUser } from '../helpers/kafka-broker.js';
import { S3Filler, s3Env, skipS3, startS3, testUsers } from '../helpers/s3-server.js';

/** What `doctor` finds, as `state check: text -> advice`. */
async function findings(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const result = await runCli(['doctor', '--json', ...args], { env });
  const { findings: found } = JSON.parse(result.stdout) as { readonly findings: readonly Finding[] };
  assert.equal(result.code, found.some(({ state }) => state === 'fail') ? 1 : 0, result.stderr);
  return found.map(({ state, check, text, advice }) => `${state} ${check}: ${text} -> ${advice ?? ''}`);
}

function assertFinds(lines: readonly string[], pattern: RegExp): void {
  assert.ok(
    lines.some((line) => pattern.test(line)),
    `${String(pattern)} is in none of\n${lines.join('\n')}`,
  );
}

describe('dtstream doctor and a broker with TLS and SASL', { skip: skipKafka }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-doctor-'));
  let broker: KafkaBroker;
  before(async () => {
    broker = await startBroker({ security: 'sasl-tls' });
    writeFileSync(join(dir, 'ca.pem'), broker.ca ?? '');
  });
  after(async () => {
    await broker.close();
    rmSync(dir, { recursive: true });
  });
  const envOf = (username: string, password: string): Record<string, string> => ({
    DTSTREAM_BROKERS: broker.brokers,
    DTSTREAM_KAFKA_CA: join(dir, 'ca.pem'),
    DTSTREAM_KAFKA_SASL: 'plain',
    DTSTREAM_KAFKA_USER: username,
    DTSTREAM_KAFKA_PASSWORD: password,
  });

  it('finds everything right for a user who may do everything, before and after there are topics', async () => {
    const env = envOf(testUser.username, testUser.password);
    const fresh = await findings([], env);
    assert.ok(
      fresh.every((line) => !line.startsWith('fail')),
      fresh.join('\n'),
    );
    assertFinds(fresh, /^ok brokers: 1 at 127\.0\.0\.1:\d+ /);
    assertFinds(fresh, /^ok versions: /);
    assertFinds(fresh, /^ok topic data_raw: is not there yet/);
    const produced = await runCli(['produce', '--limit', '500', '--rate', 'max', '--partitions', '4', '--quiet'], {
      env,
    });
    assert.deepEqual([produced.code, produced.stderr], [0, '']);
    const processed = await runCli(['process', '--until-end', '--quiet', '--threads', '1'], { env });
    assert.deepEqual([processed.code, processed.stderr], [0, '']);
    const used = await findings([], env);
    assertFinds(used, /^ok topic data_raw: 4 partitions, 1 copy /);
    assertFinds(used, /^ok topic data_clean: 1 partition, 1 copy /);
    assertFinds(used, /^ok group dtstream: nobody is at work in it/);
    assertFinds(used, /^ok transactions: /);
    assertFinds(used, /^ok clock: the newest message of data_raw is from 20/);
    assertFinds(used, /^ok clock: the newest message of data_clean is from 20/);
  });

  it('says what a user without permissions may not do, and how that is changed', async () => {
    const lines = await findings([], envOf('guest', 'guest-secret'));
    for (const topic of ['data_raw', 'data_clean', 'data_rejected']) {
      assertFinds(
        lines,
        new RegExp(`^fail topic ${topic}: the user may not use it -> .*kafka-acls\\.sh .*--topic ${topic}`),
      );
    }
    assertFinds(lines, /^fail group dtstream: the user may not use it -> .*--operation Read --group dtstream/);
    assertFinds(lines, /^fail transactions: .* -> .*--transactional-id dtstream-lane- .*prefixed/);
  });

  it('has nothing to say of a user who may do what docs/operations.md lists, and each refusal is one line', async () => {
    const env = envOf('guest', 'guest-secret');
    const kafka = new kafkajs.Kafka({
      brokers: [broker.brokers],
      ssl: { ca: broker.ca ?? '' },
      sasl: { mechanism: 'plain', ...testUser },
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    const { TOPIC, GROUP, TRANSACTIONAL_ID } = kafkajs.AclResourceTypes;
    const { READ, WRITE, CREATE, DESCRIBE } = kafkajs.AclOperationTypes;
    const allow = async (
      resourceType: AclResourceTypes,
      resourceName: string,
      operations: readonly AclOperationTypes[],
    ): Promise<void> => {
      const resourcePatternType = kafkajs.ResourcePatternTypes[resourceName.endsWith('-') ? 'PREFIXED' : 'LITERAL'];
      const who = { resourceType, resourceName, resourcePatternType, principal: 'User:guest', host: '*' };
      const permissionType = kafkajs.AclPermissionTypes.ALLOW;
      await admin.createAcls({ acl: operations.map((operation) => ({ ...who, operation, permissionType })) });
    };
    const produce = ['produce', '--limit', '1000', '--rate', 'max', '--partitions', '4', '--quiet'];
    const process = ['process', '--until-end', '--quiet', '--threads', '1'];
    try {
      await allow(TOPIC, 'data_raw', [CREATE, WRITE, READ]);
      assertFails(await runCli(produce, { env }), 1, /the user may not use this group$/m);
      await allow(GROUP, 'dtstream-resume-', [READ]);
      assert.equal((await runCli(produce, { env })).code, 0);
      await allow(TOPIC, 'data_clean', [CREATE, WRITE]);
      await allow(TOPIC, 'data_rejected', [CREATE, WRITE]);
      assertFails(await runCli(process, { env }), 1, /cannot join group dtstream: the user may not use this group$/m);
      await allow(GROUP, 'dtstream', [READ]);
      assertFails(await runCli(process, { env }), 1, /the user may not use the transactional ids of this group$/m);
      await allow(TRANSACTIONAL_ID, 'dtstream-lane-', [WRITE, DESCRIBE]);
      assert.equal((await runCli(process, { env })).code, 0);
      await allow(TOPIC, 'data_clean', [READ]);
      assert.equal((await runCli(['watch', '--once'], { env })).code, 0);
      assert.equal((await runCli(['verify'], { env })).code, 0);
      const lines = await findings([], env);
      assert.ok(
        lines.every((line) => !line.startsWith('fail')),
        lines.join('\n'),
      );
    } finally {
      await admin.disconnect();
    }
  });

  it('tells a wrong password, an unknown authority and a missing setting apart', async () => {
    const wrong = await findings([], envOf(testUser.username, 'not the secret'));
    assertFinds(wrong, /^fail brokers: .*the user or the password is refused.* -> correct DTSTREAM_KAFKA_USER/);
    assert.ok(wrong.every((line) => !line.includes('not the secret')));
    const env = envOf(testUser.username, testUser.password);
    const untrusted = await findings([], { ...env, DTSTREAM_KAFKA_CA: '', DTSTREAM_KAFKA_TLS: 'true' });
    assertFinds(untrusted, /^fail brokers: .*TLS failed.* -> name the authority of the brokers with DTSTREAM_KAFKA_CA/);
    const plain = await findings(['--broker-wait', '500ms'], { DTSTREAM_BROKERS: broker.brokers });
    assertFinds(plain, /^fail brokers: .*closed the connection.* -> turn on what the listener wants/);
  });
});

describe('dtstream doctor and a real S3 server', { skip: skipS3 }, () => {
  it('finds a bucket with data in order, and says what is wrong with others', async (context) => {
    const server = await startS3();
    context.after(() => server.close());
    const filler = new S3Filler(server);
    await filler.bucket('muons');
    await filler.put('muons', 'run/data_1.csv', 'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER,TDC_MEAS\n');
    filler.close();
    const at = ['--s3-endpoint', server.endpoint];
    const right = await findings(['s3://muons/run/', ...at], s3Env(testUsers.admin));
    assertFinds(right, /^ok s3: s3:\/\/muons\/run\/: 1 file, 52 B/);
    const noBucket = await findings(['s3://nobody/', ...at], s3Env(testUsers.admin));
    assertFinds(noBucket, /^fail s3: .*nobody/);
    const wrongKey = await findings(['s3://muons/', ...at], s3Env({ ...testUsers.admin, secretAccessKey: 'wrong' }));
    assertFinds(wrongKey, /^fail s3: .* -> correct AWS_ACCESS_KEY_ID/);
    const guest = await findings(['s3://muons/', ...at], s3Env(testUsers.guest));
    assertFinds(guest, /^fail s3: .* -> correct AWS_ACCESS_KEY_ID/);
  });
});
