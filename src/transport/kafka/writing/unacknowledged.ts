import type { Broker } from 'kafkajs/src/cluster/index.js';
import { DtstreamError } from '../../../errors.js';
import { describeClusterRequest } from '../protocol/inspection-requests.js';

/** Bytes that may be under way to a broker before it is asked; also the most that is kept of them. */
const askedBytes = 4 << 20;

interface Sent {
  readonly broker: Broker;
  /** The connection that all of it went through. */
  readonly socket: unknown;
  messages: number;
  bytes: number;
}

/**
 * Messages sent with `--acks 0`, which no broker acknowledges:
 *
 * ```
 *  produce ── produce ── … ── produce ── question ──►  a broker handles the requests of a connection one after the other,
 *                                       ◄── answer     so its answer confirms all requests before
 * ```
 *
 * A broker that refuses one of them closes the connection, and so does one that dies: messages not confirmed by then
 * count as lost, because their fate is unknown.
 */
export class UnacknowledgedMessages {
  readonly #topic: string;
  readonly #say: (message: string) => void;
  readonly #sent = new Map<number, Sent>();
  #lost = 0;

  /** @param say told once, when messages are lost while others are still to come */
  constructor(topic: string, say: (message: string) => void) {
    this.#topic = topic;
    this.#say = say;
  }

  /** Counts what was just sent; asks the broker when that is much. */
  async add(broker: Broker, { messages, bytes }: { readonly messages: number; readonly bytes: number }): Promise<void> {
    const socket = socketOf(broker);
    let sent = this.#sent.get(broker.nodeId);
    if (sent !== undefined && sent.socket !== socket) {
      this.#lose(sent);
      sent = undefined;
    }
    sent ??= { broker, socket, messages: 0, bytes: 0 };
    this.#sent.set(broker.nodeId, sent);
    sent.messages += messages;
    sent.bytes += bytes;
    if (sent.bytes >= askedBytes) await this.#ask(sent);
  }

  /** Waits until all is taken. @throws DtstreamError `transport` when some of all that was ever added may be missing */
  async settle(): Promise<void> {
    for (const sent of [...this.#sent.values()]) await this.#ask(sent);
    if (this.#lost > 0) throw new DtstreamError('transport', this.#lostText());
  }

  async #ask(sent: Sent): Promise<void> {
    const isAnswered = await sent.broker.connectionPool.send(describeClusterRequest([])).then(
      () => true,
      () => false,
    );
    // A new connection opened for the question proves nothing about earlier messages.
    if (isAnswered && socketOf(sent.broker) === sent.socket) this.#sent.delete(sent.broker.nodeId);
    else this.#lose(sent);
  }

  #lose({ broker, messages }: Sent): void {
    this.#sent.delete(broker.nodeId);
    const isFirst = this.#lost === 0;
    this.#lost += messages;
    if (isFirst) this.#say(this.#lostText());
  }

  #lostText(): string {
    const most = `${this.#lost.toLocaleString('en-US')} messages sent with --acks 0 may be missing`;
    return `cannot tell what ${this.#topic} holds: a broker closed the connection, up to ${most}`;
  }
}

/** The connection of all requests but Fetch. */
function socketOf({ connectionPool }: Broker): unknown {
  return connectionPool.pool[0].socket;
}
