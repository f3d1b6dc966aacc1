import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DtstreamError } from '../../../src/errors.js';
import { expandInputs } from '../../../src/sources/expand-inputs.js';
import { compareNaturally } from '../../../src/sources/files/natural-order.js';
import { assertHarmless } from '../../helpers/assert/assert-harmless.js';
import type { CliResult } from '../../helpers/program/cli.js';
import { assertFails, runCli, summaryOf } from '../../helpers/program/cli.js';
import { openS3Proxy, type S3Answer, type S3Request } from '../../helpers/servers/s3-proxy.js';
import {
  S3Filler,
  type S3Server,
  s3Env,
  type S3User,
  skipS3,
  startS3,
  testUsers,
} from '../../helpers/servers/s3-server.js';

const objects = 1100;
const row = (n: number): string => `2,0,${n % 64},5,6,7\n`;

type Rewrite = (request: S3Request, answer: S3Answer) => S3Answer;
/** What a middlebox, or a server of another kind, makes of a page. */
const edited =
  (edit: (body: string, request: S3Request) => string): Rewrite =>
  (request, { status, body }) => ({ status, body: edit(body, request) });
const without =
  (...names: readonly string[]) =>
  (body: string): string =>
    names.reduce((left, name) => left.replace(new RegExp(`<${name}>[^<]*</${name}>`), ''), body);

/** Gives the first page again to whoever asks by one of these. */
function repeating(...names: readonly string[]): Rewrite {
  let first = '';
  return edited((body, { url }) => {
    if (first === '') first = body;
    return names.some((name) => url.searchParams.has(name)) ? first : body;
  });
}

/** One middlebox behind the other. */
const both =
  (one: Rewrite, other: Rewrite): Rewrite =>
  (request, answer) =>
    other(request, one(request, answer));

describe('lists of S3', { skip: skipS3 }, () => {
  let server: S3Server;
  let filler: S3Filler;
  before(async () => {
    Object.assign(process.env, s3Env(testUsers.reader));
    server = await startS3();
    filler = new S3Filler(server);
    for (const bucket of ['runs', 'public']) await filler.bucket(bucket);
    const numbers = Array.from({ length: objects }, (_, n) => n);
    for (let at = 0; at < objects; at += 50) {
      await Promise.all(numbers.slice(at, at + 50).map((n) => filler.put('runs', `many/data_${n}.csv`, row(n))));
    }
    await filler.put('runs', 'dir/', '');
    await filler.put('runs', 'dir/run.csv', row(1));
    await filler.put('public', 'run.csv', row(1));
  });
  after(async () => {
    filler.close();
    await server.close();
  });

  /** `process INPUT --summary` through a middlebox, and what came there. */
  async function read(
    input: string,
    { rewrite, user = testUsers.reader, args = [], env = {} }: ReadOptions = {},
  ): Promise<{ result: CliResult; requests: readonly S3Request[] }> {
    const proxy = await openS3Proxy(server.port, rewrite);
    try {
      const own = { ...(user === 'nobody' ? {} : s3Env(user)), AWS_ENDPOINT_URL: proxy.endpoint, ...env };
      const result = await runCli(['process', input, '--summary', '--threads', '1', ...args], { env: own });
      return { result, requests: proxy.requests };
    } finally {
      proxy.close();
    }
  }
  /** What a list of all objects through a middlebox finds. */
  async function list(rewrite: Rewrite): Promise<string[]> {
    const proxy = await openS3Proxy(server.port, rewrite);
    try {
      const found = await expandInputs(['s3://runs/many/'], { s3: { endpoint: proxy.endpoint } });
      return found.map(({ name }) => name);
    } finally {
      proxy.close();
    }
  }
  const all = Array.from({ length: objects }, (_, n) => `s3://runs/many/data_${n}.csv`).sort(compareNaturally);

  for (const [what, rewrite] of [
    ['by token', edited((body) => body)],
    ['of a server that forgets the token', edited(without('NextContinuationToken'))],
    ['of a server that gives the first page to every token', repeating('continuation-token')],
    ['of a server of version 1', both(edited(without('NextContinuationToken', 'KeyCount')), repeating('start-after'))],
    ['of a server that does not say whether there are more', edited(without('IsTruncated', 'NextContinuationToken'))],
    ['of a server that counts no keys', edited(without('KeyCount', 'MaxKeys', 'EncodingType'))],
  ] as const) {
    it(`${what} are complete, beyond the first page`, async () => {
      assert.deepEqual(await list(rewrite), all);
    });
  }

  for (const [what, rewrite, rule] of [
    [
      'a page that repeats, whatever it is asked by',
      repeating('continuation-token', 'start-after', 'marker'),
      /the server's list repeats itself: after 1000 keys the server gave again what it had given before$/m,
    ],
    [
      'pages that say that more follow, and have none',
      edited((body, { url }) =>
        /continuation-token|start-after|marker/.test(url.search) ? emptied(body).replace('>false<', '>true<') : body,
      ),
      /the server's list repeats itself: after 1000 keys/,
    ],
    [
      'a first page without a key and without a way on',
      edited((body) => without('NextContinuationToken')(emptied(body))),
      /the server's list says that keys follow, and has none$/m,
    ],
    [
      'fewer keys than the page counts',
      edited((body) => body.replace(/<Contents>.*?<\/Contents>/s, '')),
      /the server's list says that a page has 1000 keys, and has 999$/m,
    ],
    [
      'keys of another prefix',
      edited((body) => body.replaceAll('many/data_7', 'few/data_7')),
      /the server's list must have keys that begin with many\/, got few\/data_7\S*$/m,
    ],
    [
      'a key twice',
      edited((body) => body.replace(/(<Contents>.*?<\/Contents>)/s, '$1$1')),
      /the server's list has many\/data_0\.csv twice$/m,
    ],
    [
      'an object without a size',
      edited((body) => body.replace(/<Size>\d+<\/Size>/, '')),
      /the server's list does not say the size of many\/data_0\.csv$/m,
    ],
    [
      'a key that is not one of a URL',
      edited((body) => body.replace('data_0.csv', 'data_%zz.csv')),
      /the server's list has a key that cannot be read: many\/data_%zz\.csv$/m,
    ],
  ] as const) {
    it(`with ${what} are an error`, async () => {
      await assert.rejects(list(rewrite), (error) => error instanceof DtstreamError && rule.test(error.message));
    });
  }

  it('with a key of another page among its own are an error', async () => {
    let held = '';
    const mixed = edited((body, { url }) => {
      if (url.searchParams.has('continuation-token'))
        return without('KeyCount')(body.replace('</ListB', `${held}</ListB`));
      held = body.match(/<Contents>.*?<\/Contents>/gs)?.[1] ?? '';
      return body;
    });
    await assert.rejects(list(mixed), /the server's list has s3:\/\/runs\/many\/data_1\.csv twice$/);
  });

  it('go on over an empty page with a token', async () => {
    // The second page comes by the token of the first one, which was given without its keys.
    let held = '';
    const found = await list((request, answer) => {
      const contents = /<Contents>.*<\/Contents>/s.exec(answer.body)?.[0] ?? '';
      if (!request.url.searchParams.has('continuation-token')) {
        held = contents;
        return { ...answer, body: without('KeyCount')(emptied(answer.body)) };
      }
      return { ...answer, body: without('KeyCount')(answer.body.replace('<Contents>', `${held}<Contents>`)) };
    });
    assert.deepEqual(found, all);
  });

  it('need the right to list: the marker of a folder is no object', async () => {
    const { guest, reader } = testUsers;
    const refused = /cannot read s3:\/\/runs\/dir\/: permission denied: the user needs s3:ListBucket/;
    assertFails((await read('s3://runs/dir/', { user: guest })).result, 1, refused);
    assert.equal(summaryOf((await read('s3://runs/dir/', { user: reader })).result).hit_count, 1);
    assert.equal(summaryOf((await read('s3://runs/dir/run.csv', { user: guest })).result).hit_count, 1);
  });

  it('of a public bucket need no credentials, which are then neither looked for nor sent', async () => {
    const own = { AWS_PROFILE: 'absent', AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    const found = await read('s3://public/', { user: 'nobody', args: ['--s3-anonymous'], env: own });
    assert.deepEqual([found.result.code, found.result.stderr], [0, '']);
    assert.equal(summaryOf(found.result).hit_count, 1);
    assert.ok(found.requests.length >= 2);
    for (const { headers } of found.requests) assert.equal(headers.authorization, undefined);

    const byName = await read('s3://public/run.csv', { user: 'nobody', env: { DTSTREAM_S3_ANONYMOUS: 'true' } });
    assert.equal(summaryOf(byName.result).hit_count, 1);

    const isPrivate = await read('s3://runs/', { args: ['--s3-anonymous'] });
    assertFails(isPrivate.result, 1, /permission denied: it is not public; leave --s3-anonymous out/);

    const none = await read('s3://public/', { user: 'nobody', env: { AWS_EC2_METADATA_DISABLED: 'true' } });
    assertFails(none.result, 1, /no credentials \(none found\): .*; --s3-anonymous reads a public bucket without$/m);
  });

  it('and their objects are asked for at the expense of who asks, when he says so', async () => {
    const payers = ({ requests }: { readonly requests: readonly S3Request[] }): unknown[] =>
      requests.map(({ method, url, headers }) => [
        method,
        url.searchParams.has('prefix'),
        headers['x-amz-request-payer'] ?? 'owner',
      ]);
    const list = await read('s3://runs/dir/', { args: ['--s3-requester-pays'] });
    assert.deepEqual(payers(list), [
      ['GET', true, 'requester'],
      ['GET', false, 'requester'],
    ]);
    assert.equal(summaryOf(list.result).hit_count, 1);
    const named = await read('s3://runs/dir/run.csv', { user: testUsers.guest, args: ['--s3-requester-pays'] });
    assert.deepEqual(payers(named), [
      ['GET', true, 'requester'],
      ['HEAD', false, 'requester'],
      ['GET', false, 'requester'],
    ]);
    assert.deepEqual(payers(await read('s3://runs/dir/')), [
      ['GET', true, 'owner'],
      ['GET', false, 'owner'],
    ]);
    const nobody = await read('s3://runs/dir/', { args: ['--s3-requester-pays', '--s3-anonymous'] });
    assertFails(nobody.result, 2, /--s3-requester-pays needs credentials: it cannot be used with --s3-anonymous$/m);
    assert.equal(nobody.requests.length, 0);
  });

  it('and what a server says do nothing to a terminal', async () => {
    await filler.put('runs', 'odd/\x1b[2J\u202e.csv', 'no row\n');
    const input = 's3://runs/odd/';
    const { result } = await read(input, { args: ['--quiet'] });
    assert.equal(result.code, 0);
    assert.equal(summaryOf(result).ledger.rejected.fields, 1);
    const absent = await read('s3://runs/odd/\x1b[2J\x9b.csv');
    assertFails(
      absent.result,
      1,
      /cannot read s3:\/\/runs\/odd\/\\x1b\[2J\\x9b\.csv: no key .* \\x1b\[2J\\x9b\.csv|begins/,
    );
    const hostile: Rewrite = () => ({
      status: 418,
      body: '<Error><Code>Tea&#155;2J</Code><Message>a&#27;[2Jb\u202e</Message></Error>',
    });
    const said = (await read(input, { rewrite: hostile })).result;
    assertFails(said, 1, /the server answered 418 Tea\\x9b2J: a\\x1b\[2Jb\\u\{202e\}$/m);
    for (const { stderr } of [absent.result, said]) assertHarmless(stderr);
  });
});

interface ReadOptions {
  readonly rewrite?: Rewrite | undefined;
  /** Default: who may read all of `runs`. */
  readonly user?: S3User | 'nobody';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The page without its keys. */
function emptied(body: string): string {
  return without('KeyCount')(body.replaceAll(/<Contents>.*<\/Contents>/gs, ''));
}
