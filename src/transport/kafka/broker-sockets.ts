import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type BrokerAddress, addressText, decodeHost } from './broker-address.js';
import type { ResolvedKafkaOptions } from './kafka-options.js';
import { isAnswering } from './probe-broker.js';

/** How long a connection may take, ms. */
const connectMs = 3000;
/** How long a broker may owe an answer before it is asked whether it is there, and how often that is looked at, ms. */
const silentMs = 5000;
const lookEveryMs = 1000;
const keepAliveMs = 60_000;

/** What kafkajs asks for. */
export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  readonly ssl?: NonNullable<ResolvedKafkaOptions['security']['tls']>;
  readonly onConnect: () => void;
}

interface Watched {
  readonly address: BrokerAddress;
  readBytes: number;
  /** Written when something was last read. */
  answeredBytes: number;
  /** Since when an answer is owed, on the clock of the outages. */
  silentFromMs: number | undefined;
  isAsked: boolean;
}

/**
 * The sockets of one link. A broker that takes connections and says nothing (stopped, frozen, cut off) is found out in
 * seconds: where an answer is owed for long and another connection gets none either, the first is ended, and what waits
 * for it fails and is tried again.
 */
export class BrokerSockets {
  readonly #options: ResolvedKafkaOptions;
  readonly #sockets = new Map<Socket, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ResolvedKafkaOptions) {
    this.#options = options;
  }

  open({ host: encoded, port, ssl, onConnect }: SocketTarget): Socket {
    const { outages } = this.#options;
    const host = decodeHost(encoded);
    const address = { host, port };
    const late = setTimeout(() => socket.destroy(failure('ETIMEDOUT', 'no connection in time')), connectMs);
    const connected = (): void => {
      clearTimeout(late);
      onConnect();
    };
    const socket = ssl
      ? connectTls(
          { host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl, rejectUnauthorized: true },
          connected,
        )
      : connectPlain({ host, port }, connected);
    socket.setKeepAlive(true, keepAliveMs);
    socket.setNoDelay(true);
    // kafkajs waits for a connection with a listener for each request that comes meanwhile.
    socket.setMaxListeners(0);
    socket.once('data', () => outages.noteReached(addressText(address)));
    const unwatched = { address, readBytes: 0, answeredBytes: 0, silentFromMs: undefined, isAsked: false };
    this.#sockets.set(socket, unwatched);
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
    socket.on('close', () => {
      clearTimeout(late);
      this.#sockets.delete(socket);
    });
    return socket;
  }

  /** Ends connections on which nothing has ever been answered. */
  destroyUnheard(): void {
    for (const socket of this.#sockets.keys()) {
      if (socket.bytesRead === 0) socket.destroy(failure('ETIMEDOUT', 'no answer in time'));
    }
  }

  /** Ends all connections; what waits for an answer fails. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const socket of this.#sockets.keys()) socket.destroy(failure('ECONNABORTED', 'closed here'));
  }

  #look(): void {
    const nowMs = this.#options.outages.clock.now();
    for (const [socket, watched] of this.#sockets) {
      if (socket.bytesRead !== watched.readBytes || socket.bytesWritten === watched.answeredBytes) {
        watched.readBytes = socket.bytesRead;
        watched.answeredBytes = socket.bytesWritten;
        watched.silentFromMs = undefined;
        continue;
      }
      watched.silentFromMs ??= nowMs;
      if (nowMs - watched.silentFromMs >= silentMs && !watched.isAsked) void this.#ask(socket, watched);
    }
  }

  /** Some requests wait at the broker for long, such as a join: only one that answers nobody is away. */
  async #ask(socket: Socket, watched: Watched): Promise<void> {
    watched.isAsked = true;
    const { silentFromMs } = watched;
    const isThere = await isAnswering(watched.address, this.#options.security);
    watched.isAsked = false;
    if (watched.silentFromMs !== silentFromMs) return;
    if (isThere) watched.silentFromMs = undefined;
    else socket.destroy(failure('ETIMEDOUT', 'no answer in time'));
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
