/**
 * Takes items of a stream one ahead: while one is used, the next one is prepared. Its user can do other work while there
 * is none.
 */
export class Prefetch<T> {
  readonly #iterator: AsyncIterator<T, void, undefined>;
  #next: Promise<void> | undefined;
  #arrived: { readonly item: T } | undefined;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(items: AsyncIterable<T, void, undefined>) {
    this.#iterator = items[Symbol.asyncIterator]();
    this.#start();
  }

  /** Whether the stream has no more items; may be known only after the last one was taken. */
  get ended(): boolean {
    return this.#ended && this.#arrived === undefined;
  }

  /**
   * The next item, or undefined when it has not come yet or the stream has ended. What was taken before is given back
   * to the stream.
   *
   * @throws what the stream threw, once all before it was taken
   */
  take(): T | undefined {
    const { item } = this.#arrived ?? {};
    if (this.#arrived === undefined) {
      if (this.#failure !== undefined) throw this.#failure.error;
      return undefined;
    }
    this.#arrived = undefined;
    this.#start();
    return item;
  }

  /** Resolves when {@link take} has something new to say; at once when it has already. */
  arrival(): Promise<void> {
    return this.#next ?? Promise.resolve();
  }

  /** Ends the stream. What it waits for should be ended before, by its own signal. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  #start(): void {
    this.#next = this.#iterator
      .next()
      .then(
        (result) => {
          if (result.done === true) this.#ended = true;
          else this.#arrived = { item: result.value };
        },
        (error: unknown) => {
          this.#ended = true;
          this.#failure = { error };
        },
      )
      .then(() => {
        this.#next = undefined;
      });
  }
}
