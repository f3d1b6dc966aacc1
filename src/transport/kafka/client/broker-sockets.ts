import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Connection } from 'kafkajs/src/cluster/index.js';
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

interface OwedAnswer {
  readonly correlationId: number;
  /** On the clock of the outages. */
  readonly fromMs: number;
  isAsked: boolean;
}

/**
 * The sockets of one client. A broker that takes connections and says nothing (stopped, frozen, cut off) is found out in
 * seconds: where an answer is owed for long and another connection gets none either, the first is ended, and what waits
 * for it fails and is tried again.
 */
export class BrokerSockets {
  readonly #options: ResolvedKafkaOptions;
  readonly #connections: () => readonly Connection[];
  readonly #sockets = new Map<Socket, BrokerAddress>();
  readonly #owed = new Map<Socket, OwedAnswer>();
  #timer: NodeJS.Timeout | undefined;

  /** @param connections those that there are now */
  constructor(options: ResolvedKafkaOptions, connections: () => readonly Connection[]) {
    this.#options = options;
    this.#connections = connections;
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
    this.#sockets.set(socket, address);
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
    socket.on('close', () => {
      clearTimeout(late);
      this.#sockets.delete(socket);
      this.#owed.delete(socket);
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
    for (const { socket, requestQueue } of this.#connections()) {
      const address = this.#sockets.get(socket as Socket);
      if (address === undefined) continue;
      const [correlationId] = requestQueue.inflight.keys();
      const owed = this.#owed.get(socket as Socket);
      if (correlationId === undefined) this.#owed.delete(socket as Socket);
      else if (owed?.correlationId !== correlationId) {
        this.#owed.set(socket as Socket, { correlationId, fromMs: nowMs, isAsked: false });
      } else if (nowMs - owed.fromMs >= silentMs && !owed.isAsked) void this.#ask(socket as Socket, address, owed);
    }
  }

  /** Some requests, such as a join, wait at the broker for long: a broker is unreachable only if it answers no request. */
  async #ask(socket: Socket, address: BrokerAddress, owed: OwedAnswer): Promise<void> {
    owed.isAsked = true;
    const isThere = await isAnswering(address, this.#options.security);
    owed.isAsked = false;
    if (!isThere && this.#owed.get(socket) === owed) socket.destroy(failure('ETIMEDOUT', 'no answer in time'));
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
