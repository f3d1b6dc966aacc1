import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Finding } from '../../src/commands/doctor/finding.js';
import { runCli } from '../helpers/program/cli.js';
import { type KafkaBroker, skipKafka, startBroker, testUser } from '../helpers/servers/kafka-broker.js';
import { S3Filler, s3Env, skipS3, startS3, testUsers } from '../helpers/servers/s3-server.js';

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
    assertFinds(fresh, /^ok topic data_raw: does not exist yet/);
    const produced = await runCli(['produce', '--limit', '500', '--rate', 'max', '--partitions', '4', '--quiet'], {
      env,
    });
    assert.deepEqual([produced.code, produced.stderr], [0, '']);
    const processed = await runCli(['process', '--until-end', '--quiet', '--threads', '1'], { env });
    assert.deepEqual([processed.code, processed.stderr], [0, '']);
    const used = await findings([], env);
    assertFinds(used, /^ok topic data_raw: 4 partitions, 1 copy /);
    assertFinds(used, /^ok topic data_clean: 1 partition, 1 copy /);
    assertFinds(used, /^ok group dtstream: no process is running/);
    for (const command of ['produce', 'process', 'watch', 'verify']) {
      assertFinds(used, new RegExp(`^ok rights of ${command}: `));
    }
    assertFinds(used, /^ok clock of brokers: /);
    assertFinds(used, /^ok clock: the newest message of data_raw is from 20/);
    assertFinds(used, /^ok clock: the newest message of data_clean is from 20/);
  });

  it('says what a user without permissions may not do, and how that is changed', async () => {
    const lines = await findings([], envOf('guest', 'guest-secret'));
    for (const topic of ['data_raw', 'data_clean', 'data_rejected']) {
      assertFinds(lines, new RegExp(`^warn topic ${topic}: the user may not see it`));
    }
    assertFinds(
      lines,
      /^fail rights of produce: missing: Create on topic data_raw.* -> .*kafka-acls\.sh .*--topic data_raw/,
    );
    assertFinds(lines, /^fail rights of process: .*--operation Read --group dtstream/);
    assertFinds(lines, /^fail rights of process: .*--operation Write --transactional-id dtstream-lane- .*prefixed/);
  });

  it('tells a wrong password, an unknown authority and a missing setting apart', async () => {
    const wrong = await findings([], envOf(testUser.username, 'not the secret'));
    assertFinds(wrong, /^fail brokers: .*the user or the password is refused.* -> correct DTSTREAM_KAFKA_USER/);
    assert.ok(wrong.every((line) => !line.includes('not the secret')));
    const env = envOf(testUser.username, testUser.password);
    const untrusted = await findings([], { ...env, DTSTREAM_KAFKA_CA: '', DTSTREAM_KAFKA_TLS: 'true' });
    assertFinds(
      untrusted,
      /^fail brokers: .*TLS failed.* -> name the certificate authority of the brokers with DTSTREAM_KAFKA_CA/,
    );
    const plain = await findings(['--broker-wait', '500ms'], { DTSTREAM_BROKERS: broker.brokers });
    assertFinds(plain, /^fail brokers: .*the listener at \S+ wants TLS \(DTSTREAM_KAFKA_TLS, or _CA\)/);
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
