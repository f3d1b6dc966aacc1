import type { ServerResponse } from 'node:http';
import type { LiveWindow } from '../../../report/live-page.js';

/** Pages that may be open at once. */
export const clientsMax = 32;
const stuckMsDefault = 60_000;

interface Client {
  readonly response: ServerResponse;
  readonly window: LiveWindow;
  /** Since when it takes nothing, ms of a clock that only rises. */
  stuckMs: number | undefined;
}

/** The open pages. Each gets the newest event when it has taken the one before: a slow one skips. */
export class EventClients {
  readonly #clients = new Set<Client>();

  /** @param stuckMs a page that takes nothing for so long is given up */
  constructor(private readonly stuckMs = stuckMsDefault) {}

  get isFull(): boolean {
    return this.#clients.size >= clientsMax;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Adds a page whose head was sent. */
  add(response: ServerResponse, window: LiveWindow): void {
    const client: Client = { response, window, stuckMs: undefined };
    this.#clients.add(client);
    response.on('close', () => this.#clients.delete(client));
    // Ignore errors of a connection: it closes.
    response.on('error', () => undefined);
  }

  /** Sends each page the event of its window. @param eventOf made once a window, at the most */
  send(eventOf: (window: LiveWindow) => string, nowMs: number): void {
    const made = new Map<LiveWindow, string>();
    for (const client of this.#clients) {
      const { response, window } = client;
      if (response.writableLength > 0) {
        client.stuckMs ??= nowMs;
        if (nowMs - client.stuckMs >= this.stuckMs) response.destroy();
        continue;
      }
      client.stuckMs = undefined;
      const event = made.get(window) ?? eventOf(window);
      made.set(window, event);
      response.write(event);
    }
  }

  close(): void {
    for (const { response } of this.#clients) response.destroy();
  }
}
