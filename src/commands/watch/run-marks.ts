import type { IncomingMessage } from '../../results/incoming-message.js';
import type { Mark } from '../../views/detector/detector-view.js';
import type { MarkRemark } from '../quality/logbook-state.js';
import { producerName, producersMax } from '../../results/producers.js';

/** Newest runs that are kept. */
const runsMax = 1000;

/** When the runs of the read-out began, by their first batch. */
export class RunMarks {
  /** First batch opened, ms since 1970, by run. */
  readonly #openedMs = new Map<number, number>();
  readonly #histories = new Map<string, string>();

  /** Notes the run of a message; of any lane, in any order. */
  note({ run, batch, producer = '', history }: Pick<IncomingMessage, 'run' | 'batch' | 'producer' | 'history'>): void {
    const openedMs = Date.parse(batch?.opened ?? '');
    if (run === undefined || Number.isNaN(openedMs)) return;
    const name = producerName(producer);
    const before = this.#histories.get(name);
    // After a reset runs are counted from 0 again.
    if (before !== undefined && history !== undefined && before !== history) this.clear();
    if (history !== undefined && this.#histories.size < producersMax) this.#histories.set(name, history);
    this.#openedMs.set(run, Math.min(openedMs, this.#openedMs.get(run) ?? Infinity));
    if (this.#openedMs.size > runsMax) this.#openedMs.delete(Math.min(...this.#openedMs.keys()));
  }

  clear(): void {
    this.#openedMs.clear();
    this.#histories.clear();
  }

  get list(): { readonly atMs: number; readonly text: string }[] {
    return [...this.#openedMs].map(([run, atMs]) => ({ atMs, text: `run ${run} begins` }));
  }
}

/** Marks of a logbook and runs that began, oldest first, numbered from 1. */
export function numberMarks(said: readonly MarkRemark[], runs: RunMarks['list']): Mark[] {
  const marks = said.map(({ time, moment = time, text, by }) => ({ atMs: Date.parse(moment), text, by }));
  const all = [...marks, ...runs.map((run) => ({ ...run, by: undefined }))];
  return all.sort((one, other) => one.atMs - other.atMs).map((mark, index) => ({ number: index + 1, ...mark }));
}
