/** What {@link SharedConnection} needs of a connection. */
export interface Disconnectable {
  disconnect(): Promise<void>;
}

/**
 * A connection that several use at once, made when it is first needed. Whoever finds it broken discards it, and the next
 * one makes another.
 */
export class SharedConnection<T extends Disconnectable> {
  readonly #connect: () => Promise<T>;
  #connecting: Promise<T> | undefined;

  constructor(connect: () => Promise<T>) {
    this.#connect = connect;
  }

  /** @param isBroken whether a failure of `ask` is one of the connection */
  async use<R>(ask: (connection: T) => Promise<R>, isBroken: (error: unknown) => boolean): Promise<R> {
    const connecting = (this.#connecting ??= this.#connect());
    try {
      return await ask(await connecting);
    } catch (error) {
      if (isBroken(error)) await this.#discard(connecting);
      throw error;
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#connecting !== undefined) await this.#discard(this.#connecting);
  }

  async #discard(connecting: Promise<T>): Promise<void> {
    // Another one may have discarded it before, and a third one made a new connection.
    if (this.#connecting === connecting) this.#connecting = undefined;
    const connection = await connecting.catch(() => undefined);
    await connection?.disconnect().catch(() => undefined);
  }
}
