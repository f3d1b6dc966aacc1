import type { Ledger } from '../../domain/batch-message.js';
import type { Geometry } from '../../domain/geometry.js';
import { RowSurvey } from '../../pipeline/survey/row-survey.js';
import type { Console } from '../console/console.js';
import { missingTrigger } from '../doctor/missing-trigger.js';

/** Rows that are looked at for channels that no chamber has. */
export const surveyedRowsMax = 200_000;
/** Hits of a run without an end after which its trigger should have come. */
const hitsMin = 10_000;

/** How the rows are looked at. */
interface TriggerLook {
  /** Looks at about {@link surveyedRowsMax} rows. */
  readonly survey: (survey: RowSurvey) => Promise<void>;
  /** Whether rows are read by other conventions, so that channels may be counted in another way, too. */
  readonly isOtherText?: boolean;
  /** What a new configuration also needs. */
  readonly after?: string;
}

/**
 * Warns once when no row is of a configured trigger while rows of unknown channels are dropped: the counts do not say which
 * channels these are, and so some rows are read a second time.
 */
export class TriggerWatch {
  readonly #console: Console;
  readonly #geometry: Geometry;
  readonly #how: TriggerLook;
  #said: Promise<void> | undefined;

  constructor(console: Console, geometry: Geometry, how: TriggerLook) {
    this.#console = console;
    this.#geometry = geometry;
    this.#how = how;
  }

  /** For a run that has no end in sight: looks once there are enough hits. */
  see(ledger: Ledger): void {
    if (ledger.hits >= hitsMin) this.#look(ledger);
  }

  /** Everything is read: looks, and resolves when all is said. */
  async end(ledger: Ledger): Promise<void> {
    this.#look(ledger);
    await this.#said;
  }

  #look({ scintillator, dropped }: Ledger): void {
    if (dropped.channel > 0 && (scintillator === 0 || this.#how.isOtherText === true)) this.#said ??= this.#say();
  }

  async #say(): Promise<void> {
    const survey = new RowSurvey(this.#geometry);
    // Rows that cannot be read a second time are only the worse explained.
    await this.#how.survey(survey).catch(() => undefined);
    const missing = missingTrigger(survey);
    if (missing !== undefined)
      this.#console.logLine(`${missing.text} ${missing.advice}${this.#how.after ?? ''}`, 'warn');
  }
}
