import type { QualityReference } from '../../quality/quality-reference.js';
import type { History } from '../../results/history.js';
import type { ScreenAction } from '../../tui/pages/screen-action.js';
import type { Mark } from '../../views/detector/detector-view.js';
import type { QualityPicture } from '../../views/detector/verdicts.js';

/** Actions that a logbook takes. */
export type LogbookAction = Extract<ScreenAction, { readonly kind: 'acknowledge' | 'known' | 'mark' }>;

/** What judges the messages of a screen, and where its marks and words are kept. */
export interface ScreenQuality {
  /** Undefined while nothing is judged. */
  picture(): QualityPicture | undefined;
  /** Those of the logbook and new runs, oldest first. */
  marks(): readonly Mark[];
  reference(): QualityReference | undefined;
  /** Does what a key asks for, and says what came of it. */
  act(action: LogbookAction): Promise<string>;
}

/** Without tests and without a logbook: marks live as long as the screen. */
export class MarksOnly implements ScreenQuality {
  readonly #history: History;
  readonly #own: Omit<Mark, 'number'>[] = [];
  #marks: readonly Mark[] = [];

  constructor(history: History) {
    this.#history = history;
  }

  picture(): undefined {
    return undefined;
  }

  reference(): undefined {
    return undefined;
  }

  marks(): readonly Mark[] {
    const runs = runMarks(this.#history);
    if (runs.length + this.#own.length !== this.#marks.length) this.#marks = numbered([...runs, ...this.#own]);
    return this.#marks;
  }

  act(action: LogbookAction): Promise<string> {
    if (action.kind !== 'mark') return Promise.resolve('there is no logbook: the alarm stays as it is');
    const mark = { atMs: action.atMs, text: action.text, by: undefined };
    this.#own.push(mark);
    const number = this.marks().find(({ atMs, text }) => atMs === mark.atMs && text === mark.text)?.number;
    return Promise.resolve(`mark ${number ?? ''}, kept until the screen is closed`);
  }
}

/** A mark for each run but the first that is known. */
export function runMarks(history: History): Omit<Mark, 'number'>[] {
  return history.runs.slice(1).map(({ run, fromMs }) => ({ atMs: fromMs, text: `run ${run} begins`, by: undefined }));
}

/** Marks by their time, numbered from 1. */
export function numbered(marks: readonly Omit<Mark, 'number'>[]): Mark[] {
  const sorted = [...marks].sort((one, other) => one.atMs - other.atMs);
  return sorted.map((mark, index) => ({ ...mark, number: index + 1 }));
}
