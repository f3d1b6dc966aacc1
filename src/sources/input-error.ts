import { getSystemErrorMap } from 'node:util';
import { DtstreamError } from '../errors.js';

/** The failure of an input by name: `cannot read run.csv: line 1: the header lacks TDC_MEAS`. */
export function inputError(name: string, problem: string, cause?: unknown): DtstreamError {
  return new DtstreamError('input', `cannot read ${name}: ${problem}`, { cause });
}

/** What the system said in plain words, without the call and the path: `no such file or directory`. */
export function systemProblem(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const known = 'errno' in cause && typeof cause.errno === 'number' ? getSystemErrorMap().get(cause.errno) : undefined;
  return known?.[1] ?? cause.message;
}

/** Something about an input that its user should know and that is not a failure. */
export interface InputWarning {
  /** What it is about: a path, a glob, `stdin`. */
  readonly source: string;
  /** The whole sentence, source included. */
  readonly message: string;
  /** Where the bytes in question begin, unpacked, and how many they are; only for bytes left out. */
  readonly offset?: number;
  readonly bytes?: number;
  /** Whether it says that there is nothing in the source. */
  readonly isEmpty?: boolean;
}
export type WarnInput = (warning: InputWarning) => void;

/** A folder or pattern in which there is no file, yet. */
export class EmptyInputError extends DtstreamError {
  constructor(input: string, problem: string) {
    super('input', inputError(input, problem).message);
  }
}
