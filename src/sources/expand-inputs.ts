import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { DtstreamError } from '../errors.js';
import { type WarnInput, inputError, systemProblem } from './input-error.js';
import { compareNaturally } from './natural-order.js';
import type { RemoteObject } from './remote-object.js';
import type { S3Options } from './s3/s3-client.js';
import type { S3Inputs } from './s3/s3-inputs.js';
import { isS3Input } from './s3/s3-location.js';

/** One input that can be opened. */
export type InputFile =
  | { readonly kind: 'stdin'; readonly name: 'stdin'; readonly bytesTotal: undefined }
  | {
      readonly kind: 'file';
      /** The path as given or found; for opening and for messages. */
      readonly name: string;
      /** Size on disk, or undefined for a pipe or device. */
      readonly bytesTotal: number | undefined;
    }
  | {
      readonly kind: 's3';
      /** `s3://bucket/key` */
      readonly name: string;
      readonly bytesTotal: number;
      readonly object: RemoteObject;
    };

export interface ExpandOptions {
  /** Told when a directory, glob or prefix holds one name in two kinds (run.dat, run.txt): likely the same hits. */
  readonly warn?: WarnInput;
  /** Where S3 is; default: at AWS. */
  readonly s3?: S3Options;
  /** Ends the wait for S3. */
  readonly signal?: AbortSignal;
}

/**
 * Finds the files behind the inputs of a command line, in its order.
 *
 * - `-` is standard input, at most once.
 * - A path that exists is that file, pipe or directory, whatever characters it has.
 * - A directory stands for its own `.csv`, `.txt` and `.dat` files and their `.gz`, hidden ones and folders inside not
 *   included: those of another run would be mixed in. `runs/**` + `/*.dat`, quoted, names them all.
 * - `s3://bucket/prefix` stands for objects, as in `S3Inputs`.
 * - Any other input with `*`, `?`, `[…]` or `{…}` is a glob, also with `**`; it matches files, not hidden ones.
 *
 * Inside a directory or glob the order is natural (data_2 before data_10). Nothing is removed when two inputs name the
 * same file.
 *
 * @throws DtstreamError `input` for what is missing, unreadable or matches nothing; `usage` for `-` twice
 */
export async function expandInputs(
  inputs: readonly string[],
  options: ExpandOptions = {},
): Promise<readonly InputFile[]> {
  if (inputs.filter((input) => input === '-').length > 1) {
    throw new DtstreamError('usage', 'standard input can be read once, - was given twice');
  }
  const files: InputFile[] = [];
  const expandS3 = s3Expander(options);
  for (const input of inputs) {
    files.push(...(isS3Input(input) ? await expandS3(input) : await expandInput(input, options.warn)));
  }
  return files;
}

/** All that has to do with S3 is loaded when the first such input comes. */
function s3Expander({ s3 = {}, signal, warn }: ExpandOptions): (input: string) => Promise<readonly InputFile[]> {
  let loading: Promise<S3Inputs> | undefined;
  return async (input) => {
    loading ??= import('./s3/s3-inputs.js').then(
      ({ S3Inputs }) => new S3Inputs(s3, { warn: warn ?? (() => undefined), signal }),
    );
    const files = await (await loading).expand(input);
    warnOfTwins({ source: input, files, warn });
    return files;
  };
}

async function expandInput(input: string, warn: WarnInput | undefined): Promise<readonly InputFile[]> {
  if (input === '-') return [{ kind: 'stdin', name: 'stdin', bytesTotal: undefined }];
  const found = await stat(input).catch((cause: unknown) => ({ cause }));
  if ('cause' in found) return expandGlob(input, found.cause, warn);
  if (!found.isDirectory()) return [await inspect(input)];
  const files = await inspectAll(await listDirectory(input));
  if (files.length === 0) {
    throw inputError(input, `the directory itself holds no .csv, .txt or .dat file, plain or .gz`);
  }
  warnOfTwins({ source: input, files, warn });
  return files;
}

async function expandGlob(input: string, problem: unknown, warn: WarnInput | undefined): Promise<readonly InputFile[]> {
  // Loaded only here: most command lines have no glob that the shell left alone.
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(input)) throw inputError(nameOf(input), systemProblem(problem), problem);
  const paths = await glob(input, { absolute: isAbsolute(input), expandDirectories: false });
  const files = await inspectAll(paths);
  if (files.length === 0) throw inputError(input, 'no file matches');
  warnOfTwins({ source: input, files, warn });
  return files;
}

async function listDirectory(path: string): Promise<readonly string[]> {
  try {
    const names = await readdir(path);
    return names.filter((name) => /^[^.].*\.(csv|txt|dat)(\.gz)?$/i.test(name)).map((name) => join(path, name));
  } catch (cause) {
    throw inputError(path, systemProblem(cause), cause);
  }
}

/** What of the paths can be read, in natural order; directories are left out. */
async function inspectAll(paths: readonly string[]): Promise<readonly InputFile[]> {
  const files: InputFile[] = [];
  for (const path of paths.toSorted(compareNaturally)) {
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) files.push(await inspect(path));
  }
  return files;
}

async function inspect(path: string): Promise<InputFile> {
  try {
    const found = await stat(path);
    await access(path, constants.R_OK);
    return { kind: 'file', name: path, bytesTotal: found.isFile() ? found.size : undefined };
  } catch (cause) {
    throw inputError(path, systemProblem(cause), cause);
  }
}

function warnOfTwins(found: {
  readonly source: string;
  readonly files: readonly InputFile[];
  readonly warn: WarnInput | undefined;
}): void {
  const firsts = new Map<string, string>();
  for (const { name } of found.files) {
    const stem = name.replace(/\.gz$/i, '').replace(/\.[^./]*$/, '');
    const first = firsts.get(stem);
    if (first !== undefined) {
      const message = `${found.source}: ${first} and ${name} may hold the same hits, which then count twice`;
      found.warn?.({ source: found.source, message });
      return;
    }
    firsts.set(stem, name);
  }
}

function nameOf(input: string): string {
  return input === '' ? "''" : input;
}
