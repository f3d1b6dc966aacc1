import type { Console } from '../console/console.js';
import { Logbook, type LogbookEntry, type NewEntry } from './logbook.js';
import { LogbookState } from './logbook-state.js';

/**
 * The logbook of a screen: what others write to it is taken in, and what cannot be written is kept here, for as long as the
 * screen is open.
 */
export class SharedLogbook {
  readonly state: LogbookState;
  readonly #console: Pick<Console, 'logLine'>;
  #logbook: Logbook | undefined;
  #hasFailed = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param group whose entries count; undefined = all */
  constructor(console: Pick<Console, 'logLine'>, group: string | undefined) {
    this.#console = console;
    this.state = new LogbookState(group);
  }

  /** Reads what is in the logbook of a folder. */
  async open(folder: string): Promise<readonly LogbookEntry[]> {
    this.#logbook = new Logbook(folder);
    return this.news();
  }

  /** What others, and this one, have written since the last call. A logbook that cannot be read is said once. */
  news(): Promise<readonly LogbookEntry[]> {
    return this.#inTurn(async () => {
      try {
        const news = (await this.#logbook?.news()) ?? [];
        for (const entry of news) this.state.add(entry);
        return news;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (!this.#hasFailed) this.#console.logLine(`${error.message}; going on without (said once)`, 'warn');
        this.#hasFailed = true;
        return [];
      }
    });
  }

  /** Writes entries; they come with the next {@link news}. @returns why they are kept here only, if they are */
  write(entries: readonly NewEntry[]): Promise<string | undefined> {
    if (entries.length === 0) return Promise.resolve(undefined);
    return this.#inTurn(async () => {
      try {
        if (this.#logbook === undefined)
          throw new Error('there is no folder for the logbook here: name one with --state');
        await this.#logbook.append(entries);
        return undefined;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        const time = new Date().toISOString();
        for (const entry of entries) this.state.add({ ...entry, time });
        return error.message;
      }
    });
  }

  /** One after the other: what was read is counted in bytes. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
