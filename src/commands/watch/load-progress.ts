import type { Console } from '../console/console.js';
import type { MessageSink } from './follow.js';

const quietMs = 1000;

/** Shows on a terminal how many messages are read, from the second second on. */
export class LoadProgress {
  readonly #startMs = performance.now();
  #read = 0;
  #isDrawn = false;

  constructor(
    private readonly console: Console,
    private readonly quiet: boolean,
  ) {}

  sink(sink: MessageSink): MessageSink {
    return {
      ...sink,
      take: (...record) => {
        this.#read++;
        return sink.take(...record);
      },
      progress: (state) => {
        if (!this.quiet) this.#show(state.unread);
        return sink.progress(state);
      },
    };
  }

  /** Clears the line that is drawn. */
  end(): void {
    if (this.#isDrawn) this.console.eraseLine();
    this.#isDrawn = false;
  }

  #show(unread: number): void {
    if (performance.now() - this.#startMs < quietMs || !this.console.canRedraw()) return;
    const [read, all] = [this.#read, this.#read + unread].map((count) => count.toLocaleString('en-US'));
    this.console.drawLine(`${read} of ${all} messages read`);
    this.#isDrawn = true;
  }
}
