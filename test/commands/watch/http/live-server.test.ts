import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { clientsMax } from '../../../../src/commands/watch/http/event-clients.js';
import { httpAddress } from '../../../../src/commands/watch/http/http-address.js';
import { liveEvent, type LiveEvent } from '../../../../src/report/live-event.js';
import { livePage } from '../../../../src/report/live-page.js';
import type { DetectorView } from '../../../../src/views/detector/detector-view.js';
import { liveSample } from '../../../helpers/browser/live-sample.js';
import { sampleDetectorView } from '../../../views/sample-detector.js';

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** An answer to a request with any headers, as a browser would not send them. */
async function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const asked = request(url, { method, headers, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}

/** Headers that do not depend on the time and the connection. */
function lasting(headers: Answer['headers']): Answer['headers'] {
  return { ...headers, date: undefined, connection: undefined, 'keep-alive': undefined };
}

/** The next event of an open page. */
async function nextEvent(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<LiveEvent> {
  let text = '';
  while (!/data: .*\n\n$/.test(text)) {
    const { value, done } = await reader.read();
    assert.ok(!done);
    text += Buffer.from(value).toString();
  }
  return JSON.parse(/data: (.*)\n\n$/.exec(text)?.[1] ?? '') as LiveEvent;
}

/** More than sockets of this machine hold. */
const eventsSent = 2000;

describe('the server of the live page', () => {
  let detector: DetectorView;
  before(async () => {
    detector = await sampleDetectorView();
  });

  it('has a page of 25 kB and an event of 12 kB at most', () => {
    assert.ok(Buffer.byteLength(livePage('x'.repeat(200))) <= 25_000);
    const bytes = Buffer.byteLength(JSON.stringify(liveEvent(detector, { newestMs: 0 })));
    assert.ok(bytes <= 12_000, `${bytes} bytes`);
  });

  it('names the same policy on every answer, errors too, GET and HEAD alike', async (t) => {
    const { url } = await liveSample(t, detector);
    const policies = new Set<unknown>();
    for (const path of [
      '',
      'icon.svg',
      'state.json',
      'report',
      'nothing',
      '?window=x',
      'events?window=x',
      '//',
      '%ff',
    ]) {
      const get = await ask(url + path);
      const head = await ask(url + path, {}, 'HEAD');
      policies.add(get.headers['content-security-policy']);
      assert.equal(head.body, '');
      assert.deepEqual([head.status, lasting(head.headers)], [get.status, lasting(get.headers)], path);
    }
    policies.add((await ask(url, {}, 'POST')).headers['content-security-policy']);
    policies.add((await ask(url, { host: 'evil.example' })).headers['content-security-policy']);
    assert.equal(policies.size, 1);
    assert.match(String([...policies][0]), /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('no http\r\n\r\n');
    let raw = '';
    for await (const chunk of socket.setEncoding('utf8')) raw += String(chunk);
    assert.match(raw, /^HTTP\/1\.1 400 /);
    assert.ok(raw.includes(`content-security-policy: ${String([...policies][0])}\r\n`));
  });

  it('answers nobody who comes by another name, from another site or to change something', async (t) => {
    const { url } = await liveSample(t, detector);
    const { port, host } = new URL(url);
    const statusOf = async (headers: Record<string, string>, method = 'GET') => (await ask(url + 'state.json', headers, method)).status; // prettier-ignore
    for (const name of [host, `localhost:${port}`, 'localhost', `[::1]:${port}`, '192.168.7.7:80'])
      assert.equal(await statusOf({ host: name }), 200, name);
    for (const name of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.nip.io'])
      assert.equal(await statusOf({ host: name }), 421, name);
    for (const name of ['a b', 'user@localhost']) assert.equal(await statusOf({ host: name }), 400, name);
    assert.equal(await statusOf({ origin: 'http://evil.example' }), 403);
    assert.equal(await statusOf({ origin: 'null' }), 403);
    assert.equal(await statusOf({ origin: `http://${host}` }), 200);
    assert.equal(await statusOf({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }), 403);
    assert.equal(await statusOf({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }), 403);
    assert.equal(await statusOf({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }), 200);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) assert.equal(await statusOf({}, method), 405, method);
    assert.equal((await ask(url, {}, 'POST')).headers.allow, 'GET, HEAD');
  });

  it('sends what a browser has already not again, and the report as a file', async (t) => {
    const { url } = await liveSample(t, detector);
    for (const path of ['', 'state.json', 'report?window=start']) {
      const { headers, status, body } = await ask(url + path);
      assert.equal(status, 200);
      const again = await ask(url + path, { 'if-none-match': String(headers.etag) });
      assert.deepEqual([again.status, again.body], [304, ''], path);
      assert.ok(body.length > 0);
    }
    assert.equal((await ask(url + 'report')).headers['content-disposition'], 'attachment; filename="shift-20261129-145100.html"'); // prettier-ignore
  });

  it('gives each page the newest state, however slow another one is, and no more pages than there may be', async (t) => {
    let made = 0;
    const { url } = await liveSample(t, detector, {
      eventMs: 2,
      // The stuck one is asked again at the end, which may be late on a busy machine.
      stuckMs: 600_000,
      view: () => ({ ...detector, nowMs: detector.nowMs + 1000 * made++ }),
    });
    // One that does not read: the kernel takes some 10 MB, the server keeps one event for it.
    const stuck = connect(Number(new URL(url).port), '127.0.0.1');
    t.after(() => stuck.destroy());
    stuck.pause();
    stuck.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    const aborted = new AbortController();
    t.after(() => aborted.abort());
    const pages = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { body } = await fetch(`${url}events`, { signal: aborted.signal });
        assert.ok(body !== null);
        return (body as ReadableStream<Uint8Array>).getReader();
      }),
    );
    for (const page of pages) {
      const first = await nextEvent(page);
      const next = await nextEvent(page);
      assert.ok(next.at > first.at);
    }
    const reading = pages.map(async (page) => {
      while (made < eventsSent) await nextEvent(page);
    });
    await Promise.all(reading);
    let text = '';
    stuck.setEncoding('utf8').on('data', (part: string) => (text += part));
    stuck.resume();
    const lastAt = (): number => Number(/.*"at":(\d+)/s.exec(text)?.[1] ?? 0);
    while (lastAt() < detector.nowMs + 1000 * eventsSent) await delay(20);
    const times = [...text.matchAll(/"at":(\d+)/g)].map(([, at]) => Number(at));
    const steps = times.slice(1).map((at, index) => (at - times[index]) / 1000);
    assert.ok(Math.max(...steps) > 20, `at most ${Math.max(...steps)} events were skipped`);
    const more = Array.from({ length: clientsMax - 5 }, () => fetch(`${url}events`, { signal: aborted.signal }));
    await Promise.all(more);
    const refused = await ask(`${url}events`);
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '10']);
  });
});

describe('the address of --http', () => {
  it('is of this machine alone, unless a host is given', () => {
    assert.deepEqual(httpAddress('8080'), { host: '127.0.0.1', port: 8080 });
    assert.deepEqual(httpAddress(':0'), { host: '127.0.0.1', port: 0 });
    assert.deepEqual(httpAddress('0.0.0.0:80'), { host: '0.0.0.0', port: 80 });
    assert.deepEqual(httpAddress('[::1]:80'), { host: '::1', port: 80 });
    for (const wrong of ['', 'x', '65536', 'a b:1', '::1:80', '80:']) assert.throws(() => httpAddress(wrong), /must be PORT or HOST:PORT/); // prettier-ignore
  });
});
