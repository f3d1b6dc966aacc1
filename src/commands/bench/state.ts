import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type Limit, limitSchema } from '../../experiment/limits/limit.js';
import { type Experiment, experimentSchema, type Report } from '../../experiment/report.js';
import { type RunResult, runResultSchema } from '../../experiment/runs/run-result.js';
import { DtstreamError } from '../../errors.js';
import { systemProblem } from '../../sources/input-error.js';

const lineSchema = z.discriminatedUnion('kind', [experimentSchema, runResultSchema, limitSchema]);

/** A report without the number of missing runs. */
type StoredReport = Omit<Report, 'runsLeft'>;

/** The results of an experiment so far, kept in a file line by line, so that it can continue after any end. */
export class BenchState {
  readonly experiment: Experiment;
  readonly runs: RunResult[] = [];
  readonly limits: Limit[] = [];
  readonly #file: string | undefined;

  /** @param file undefined = kept in memory only */
  private constructor(experiment: Experiment, file: string | undefined) {
    this.experiment = experiment;
    this.#file = file;
  }

  /**
   * Continues the experiment in a file, or starts one there.
   *
   * @throws DtstreamError `usage` when the file is from another experiment, `input` when it is not from one
   */
  static open(experiment: Experiment, file: string | undefined): BenchState {
    if (file === undefined) return new BenchState(experiment, undefined);
    if (!existsSync(file)) {
      const state = new BenchState(experiment, file);
      state.#write(experiment);
      return state;
    }
    const { experiment: earlier, runs, limits } = readReport(file);
    checkSame(earlier, experiment, file);
    const state = new BenchState(earlier, file);
    state.runs.push(...runs);
    state.limits.push(...limits);
    return state;
  }

  addRun(run: RunResult): void {
    this.runs.push(run);
    this.#append(run);
  }

  addLimit(limit: Limit): void {
    this.limits.push(limit);
    this.#append(limit);
  }

  #append(line: object): void {
    this.#write(line, 'a');
  }

  #write(line: object, flag: 'a' | 'wx' = 'wx'): void {
    if (this.#file === undefined) return;
    try {
      writeFileSync(this.#file, `${JSON.stringify(line)}\n`, { flag });
    } catch (error) {
      throw new DtstreamError('input', `cannot write ${this.#file}: ${systemProblem(error)}`, { cause: error });
    }
  }
}

/**
 * Reads what an earlier experiment has found: a file of `--resume`, or the output of `--format json`.
 *
 * @throws DtstreamError `input`, naming the line
 */
export function readReport(file: string): StoredReport {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new DtstreamError('input', `cannot read ${file}: ${systemProblem(error)}`, { cause: error });
  }
  const runs: RunResult[] = [];
  const limits: Limit[] = [];
  let experiment: Experiment | undefined;
  for (const [value, place] of valuesOf(text)) {
    const parsed = lineSchema.safeParse(value);
    if (!parsed.success) {
      throw new DtstreamError('input', `cannot read ${file}: ${place} must be a bench result, got something else`);
    }
    const { data } = parsed;
    if (data.kind === 'experiment') experiment = data;
    else if (data.kind === 'run') runs.push(data);
    else limits.push(data);
  }
  if (experiment === undefined)
    throw new DtstreamError('input', `cannot read ${file}: it must contain a bench result, got none`);
  return { experiment, runs, limits };
}

/** The values of a file: one JSON with everything in it, or a line each; a last line that was cut off does not count. */
function* valuesOf(text: string): Generator<readonly [unknown, string]> {
  const whole = parse(text);
  const report = z
    .object({ experiment: z.unknown(), runs: z.array(z.unknown()), limits: z.array(z.unknown()) })
    .safeParse(whole);
  if (report.success) {
    const { experiment, runs, limits } = report.data;
    for (const value of [experiment, ...runs, ...limits]) yield [value, 'its content'];
    return;
  }
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const value = parse(line);
    if (line === '' || (value === undefined && index === lines.length - 1)) continue;
    yield [value, `line ${index + 1}`];
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function checkSame(earlier: Experiment, now: Experiment, file: string): void {
  const parts = (of: Experiment): Record<string, unknown> => ({ ...of.flags, seed: of.seed, log: of.log });
  const [before, after] = [parts(earlier), parts(now)];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [left, right] = [before[name], after[name]].map((value) => JSON.stringify(value));
    if (left === right) continue;
    throw new DtstreamError(
      'usage',
      `cannot resume ${file}: ${name} must be ${left ?? 'absent'}, got ${right ?? 'nothing'}`,
    );
  }
}
