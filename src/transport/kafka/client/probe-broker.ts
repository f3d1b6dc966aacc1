import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { type BrokerAddress, addressText } from './broker-address.js';
import type { KafkaSecurity } from './kafka-options.js';
import { tlsTroubleOf } from './tls-trouble.js';

/** How long an address gets to show what it is, ms. */
const probeMs = 2000;
/** Requests that a broker answers before authentication; their layout never changes. */
const apiVersions = { key: 18, version: 0 } as const;
const saslHandshake = { key: 17, version: 1 } as const;
const illegalSaslState = 34;
const correlationId = 1;

/** Whether a broker answers at an address now. Never rejects. */
export async function isAnswering(address: BrokerAddress, { tls }: KafkaSecurity): Promise<boolean> {
  return (await ask(address, tls, encode(apiVersions))) !== undefined;
}

/**
 * What a listener wants that takes connections and closes them, where it can be told for certain: with TLS where we have
 * none, without where we have some, or a user. Never rejects.
 */
export async function wantOf(address: BrokerAddress, { tls, sasl }: KafkaSecurity): Promise<string | undefined> {
  const where = addressText(address);
  if (tls !== undefined) {
    if ((await ask(address, undefined, encode(apiVersions))) === undefined) return undefined;
    return `the listener at ${where} takes no TLS; turn it off, or name another port`;
  }
  if (await speaksTls(address)) return `the listener at ${where} wants TLS (DTSTREAM_KAFKA_TLS, or _CA)`;
  if (sasl !== undefined) return undefined;
  const answer = await ask(address, tls, encode(saslHandshake, 'PLAIN'));
  const mechanisms = answer && mechanismsOf(answer);
  if (mechanisms === undefined) return undefined;
  return `the listener at ${where} wants a user (DTSTREAM_KAFKA_SASL, _USER); it takes ${mechanisms.join(', ')}`;
}

/** A request with a text of its own, if it has one, as it goes over the wire. */
function encode({ key, version }: { readonly key: number; readonly version: number }, text = ''): Buffer {
  const client = 'dtstream';
  const head = Buffer.alloc(14 + client.length);
  head.writeInt16BE(key, 4);
  head.writeInt16BE(version, 6);
  head.writeInt32BE(correlationId, 8);
  head.writeInt16BE(client.length, 12);
  head.write(client, 14);
  const length = Buffer.alloc(2);
  length.writeInt16BE(text.length);
  const request = Buffer.concat([head, ...(text === '' ? [] : [length, Buffer.from(text)])]);
  request.writeInt32BE(request.length - 4, 0);
  return request;
}

/** Mechanisms of a SaslHandshake answer; undefined where the listener has no users. */
function mechanismsOf(answer: Buffer): string[] | undefined {
  if (answer.length < 6 || answer.readInt16BE(0) === illegalSaslState) return undefined;
  const mechanisms: string[] = [];
  for (let at = 6, left = answer.readInt32BE(2); left > 0 && at + 2 <= answer.length; left--) {
    const end = at + 2 + answer.readInt16BE(at);
    mechanisms.push(answer.toString('utf8', at + 2, end));
    at = end;
  }
  return mechanisms;
}

/** The body of the answer to a request; undefined when there is none in time. */
function ask(address: BrokerAddress, tls: KafkaSecurity['tls'], request: Buffer): Promise<Buffer | undefined> {
  return withSocket(tls === undefined ? connectPlain(address) : secureSocket(address, tls), (socket, done) => {
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 8) return;
      const end = 4 + received.readInt32BE(0);
      // Anything else that talks at that port is no broker.
      if (received.readInt32BE(4) !== correlationId) done(undefined);
      else if (received.length >= end) done(received.subarray(8, end));
    });
    socket.write(request);
  });
}

/** Whether a listener speaks TLS. Its certificate does not matter here, for nothing is sent to it. */
async function speaksTls(address: BrokerAddress): Promise<boolean> {
  const socket = secureSocket(address, { rejectUnauthorized: false });
  const isTls = await withSocket<boolean>(socket, (_, done) => {
    socket.on('secureConnect', () => done(true));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      const trouble = tlsTroubleOf(code);
      done(trouble !== undefined && trouble !== 'not-tls');
    });
  });
  return isTls ?? false;
}

function secureSocket({ host, port }: BrokerAddress, tls: ConnectionOptions): Socket {
  return connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls });
}

/** Uses a connection until it is done, fails, ends, or the time is over, and destroys it. */
async function withSocket<T>(
  socket: Socket,
  use: (socket: Socket, done: (result: T | undefined) => void) => void,
): Promise<T | undefined> {
  try {
    return await new Promise<T | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), probeMs);
      const done = (result: T | undefined): void => {
        clearTimeout(timer);
        resolve(result);
      };
      use(socket, done);
      socket.on('error', () => done(undefined)).on('close', () => done(undefined));
    });
  } finally {
    socket.destroy();
  }
}
