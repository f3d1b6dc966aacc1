import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { assertFails, type CliResult, runCli, summaryOf } from '../../helpers/program/cli.js';
import {
  S3Filler,
  type S3Server,
  type S3User,
  s3Env,
  skipS3,
  startS3,
  testUsers,
} from '../../helpers/servers/s3-server.js';

/** An error has to be there within this time, starting the program included. */
const failMsMax = 15_000;
const rows = '2,0,1,5,6,7\n2,0,2,5,6,7\n';

describe('S3 with TLS and users', { skip: skipS3 }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-s3-secure-'));
  let server: S3Server;
  before(async () => {
    server = await startS3({ tls: true });
    const filler = new S3Filler(server);
    await filler.bucket('runs');
    await filler.bucket('empty');
    await filler.put('runs', 'run.csv', rows);
    await filler.put('runs', 'others/run.csv', rows);
    filler.close();
  });
  after(async () => {
    await server.close();
    rmSync(dir, { recursive: true });
  });

  interface Attempt {
    readonly user?: S3User;
    readonly endpoint?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** Default: that of the server; '' = none. */
    readonly caFile?: string;
  }

  const read = async (input: string, attempt: Attempt = {}): Promise<CliResult> => {
    const { user = testUsers.reader, endpoint = server.endpoint, caFile = server.caFile ?? '', env = {} } = attempt;
    const ca = caFile === '' ? [] : ['--s3-ca', caFile];
    const args = ['process', input, '--summary', '--threads', '1', '--s3-endpoint', endpoint, ...ca];
    const startMs = performance.now();
    const result = await runCli(args, { env: { ...s3Env(user), HOME: dir, ...env } });
    assert.ok(performance.now() - startMs < failMsMax, `${args.join(' ')} took too long`);
    return result;
  };
  const fails = async (input: string, line: RegExp, attempt?: Attempt): Promise<void> =>
    assertFails(await read(input, attempt), 1, line);

  it('reads what a user may read, with the certificate of the private authority', async () => {
    const result = await read('s3://runs/run.csv');
    assert.deepEqual([result.code, result.stderr], [0, '']);
    assert.equal(summaryOf(result).hit_count, 2);
  });

  it('finds endpoint, authority and user in the environment and in a profile', async () => {
    const profile = join(dir, 'credentials');
    const { accessKeyId, secretAccessKey } = testUsers.reader;
    writeFileSync(profile, `[lab]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`);
    const env = { AWS_PROFILE: 'lab', AWS_SHARED_CREDENTIALS_FILE: profile, DTSTREAM_S3_CA: server.caFile ?? '' };
    for (const name of ['DTSTREAM_S3_ENDPOINT', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) {
      const result = await runCli(['process', 's3://runs/run.csv', '--summary', '--threads', '1'], {
        env: { ...env, [name]: server.endpoint },
      });
      assert.deepEqual([result.code, result.stderr], [0, ''], name);
    }
  });

  it('reads an object by its key for a user who may not list', async () => {
    const { guest } = testUsers;
    assert.equal(summaryOf(await read('s3://runs/run.csv', { user: guest })).hit_count, 2);
    await fails('s3://runs/ru', /s3:\/\/runs\/ru: permission denied: the user needs s3:ListBucket/, { user: guest });
  });

  it('never trusts a certificate of an unknown authority, whatever the environment says', async () => {
    const untrusted = /the certificate of https:.* cannot be trusted: its authority is not known .*; give .* --s3-ca$/m;
    await fails('s3://runs/run.csv', untrusted, { caFile: '' });
    const careless = await read('s3://runs/run.csv', { caFile: '', env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    assert.equal(careless.code, 1);
    assert.match(careless.stderr, untrusted);
  });

  it('refuses a file that holds no certificate', async () => {
    const caFile = join(dir, 'no.pem');
    writeFileSync(caFile, 'no certificate');
    await fails('s3://runs/run.csv', /cannot use --s3-ca .*no\.pem: it must hold a certificate as PEM$/m, { caFile });
    await fails('s3://runs/run.csv', /cannot use --s3-ca .*: no such file or directory$/m, {
      caFile: `${caFile}.gone`,
    });
  });

  it('says in one line who is refused, and why', async () => {
    const { admin, reader } = testUsers;
    const unknown = { ...reader, accessKeyId: 'nobody' };
    await fails('s3://runs/', /runs\/: the server does not know the access key$/m, { user: unknown });
    const wrong = { ...reader, secretAccessKey: 'not the secret' };
    await fails('s3://runs/', /runs\/: the secret key is wrong for this access key$/m, { user: wrong });
    await fails('s3://empty/', /empty\/: permission denied: the user needs s3:ListBucket/, { user: reader });
    const none = { accessKeyId: '', secretAccessKey: '' };
    await fails('s3://runs/', /runs\/: no credentials \(none found\): set AWS_ACCESS_KEY_ID/, { user: none });
    await fails('s3://nowhere/', /nowhere\/: the bucket does not exist$/m, { user: admin });
  });

  it('says in one line what is empty', async () => {
    const { admin } = testUsers;
    await fails('s3://empty', /cannot read s3:\/\/empty: the bucket holds no objects$/m, { user: admin });
    await fails('s3://runs/x', /cannot read s3:\/\/runs\/x: no key in the bucket begins with x$/m);
    await fails('s3://runs/*.csv', /begins with \*\.csv; S3 inputs have no globs/);
  });

  it('says in one line that a server is absent, silent, or none of S3', async () => {
    const silent = await listen(() => undefined);
    const closed = await listen(() => undefined);
    const closedPort = portOf(closed);
    closed.close();
    const web = await listen((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>');
    });
    const at = (port: number, scheme = 'http'): Attempt => ({ endpoint: `${scheme}://127.0.0.1:${port}` });
    try {
      await Promise.all([
        fails('s3://runs/', /no connection to http:\/\/127\.0\.0\.1:\d+: connection refused$/m, at(closedPort)),
        fails('s3://runs/', /no connection to http:\/\/127\.0\.0\.1:\d+: no answer in time$/m, at(portOf(silent))),
        fails('s3://runs/', /127\.0\.0\.1:\d+ does not answer as a server of S3 does$/m, at(portOf(web))),
        fails('s3://runs/', /TLS failed; does the server speak https\?$/m, at(portOf(web), 'https')),
        fails('s3://runs/', /answered 400, not as S3 does; is the endpoint right, http or https\?$/m, at(server.port)),
      ]);
    } finally {
      silent.close();
      web.close();
    }
  });

  it('takes no secret from the command line', async () => {
    const endpoint = 'https://user:secret@127.0.0.1:1';
    const result = await read('s3://runs/', { endpoint });
    assertFails(result, 2, /the S3 endpoint must not contain a user or a password/);
    assert.doesNotMatch(result.stderr, /secret@/);
    assertFails(
      await read('s3://runs/', { endpoint: 'host:1' }),
      2,
      /--s3-endpoint must be a URL such as .*, got host:1/,
    );
  });
});

async function listen(onConnection: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection?.(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
