import { type BigIntStats, constants, fstatSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { DtstreamError } from '../errors.js';
import { EmptyInputError, type WarnInput, inputError, systemProblem } from './input-error.js';
import { normalInput, pathOfFileUrl, refuseScheme } from './input-scheme.js';
import { listFolder } from './files/list-folder.js';
import { compareNaturally } from './files/natural-order.js';
import { findUndecoded, type RawPath, shownPath } from './files/raw-path.js';
import type { InputFile } from './input-file.js';
import type { S3Options } from './s3/s3-client.js';
import type { S3Inputs } from './s3/s3-inputs.js';
import { isS3Input } from './s3/s3-location.js';
import { type FoundFile, readOnce, warnOfRepeats } from './files/same-files.js';

export interface ExpandOptions {
  /**
   * Called for inputs that may be counted twice, or not at all: one name in two kinds (run.dat, run.txt), several names of one
   * file, a file named by several inputs, files of a directory that are left out.
   */
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
 * - `s3://bucket/prefix` stands for objects, as in `S3Inputs`; `file:///data/run.csv` is that path, see `normalInput`.
 * - A path that exists is that file, pipe or directory, whatever characters it has.
 * - A directory stands for its own files with a name of data, as in `listFolder`, folders inside not included: those of
 *   another run would be mixed in. `runs/**` + `/*.dat`, quoted, names them all.
 * - Any other input with `*`, `?`, `[…]` or `{…}` is a glob, also with `**`; it matches files, not hidden ones.
 *
 * Inside a directory or glob the order is natural (data_2 before data_10), and a file that has several names there, by
 * links, comes once. A file that two inputs stand for comes twice.
 *
 * @throws DtstreamError `input` for an input that is missing, unreadable or matches nothing; `usage` for `-` twice and
 *   for an unknown scheme
 */
export async function expandInputs(
  inputs: readonly string[],
  options: ExpandOptions = {},
): Promise<readonly InputFile[]> {
  if (inputs.filter((input) => input === '-').length > 1) {
    throw new DtstreamError('usage', 'standard input can be read only once, but - was given twice');
  }
  const groups: (readonly FoundFile[])[] = [];
  const expandS3 = s3Expander(options);
  for (const input of inputs.map(normalInput)) {
    const expand = isS3Input(input) ? expandS3 : expandInput;
    groups.push(await expand(input, options.warn));
  }
  warnOfRepeats(groups, options.warn);
  return groups.flat().map(({ file }) => file);
}

/** All that has to do with S3 is loaded when the first such input comes. */
function s3Expander({ s3 = {}, signal, warn }: ExpandOptions): (input: string) => Promise<readonly FoundFile[]> {
  let loading: Promise<S3Inputs> | undefined;
  return async (input) => {
    loading ??= import('./s3/s3-inputs.js').then(
      ({ S3Inputs }) => new S3Inputs(s3, { warn: warn ?? (() => undefined), signal }),
    );
    const files = await (await loading).expand(input);
    warnOfTwins({ source: input, files, warn });
    return files.map((file) => ({ file, id: file.name }));
  };
}

async function expandInput(input: string, warn: WarnInput | undefined): Promise<readonly FoundFile[]> {
  if (input === '-') return [standardInput()];
  const found = await stat(input).catch((cause: unknown) => ({ cause }));
  if (!('cause' in found)) return expandPath(input, found.isDirectory(), warn);
  const [path, ...others] = await findUndecoded(input);
  if (others.length > 0) {
    const names = [path, ...others].map(shownPath).join(', ');
    throw inputError(input, `the name is not UTF-8 and matches several files: ${names}`);
  }
  if (path !== undefined) {
    const isDirectory = (await stat(path).catch(() => undefined))?.isDirectory() === true;
    return expandPath(path, isDirectory, warn);
  }
  const plain = pathOfFileUrl(input);
  if (plain !== undefined) return expandInput(plain, warn);
  refuseScheme(input);
  return expandGlob(input, found.cause, warn);
}

async function expandPath(
  path: RawPath,
  isDirectory: boolean,
  warn: WarnInput | undefined,
): Promise<readonly FoundFile[]> {
  if (!isDirectory) return [await inspect(path)];
  return inspectAll(shownPath(path), await listFolder(path, warn), warn);
}

async function expandGlob(input: string, problem: unknown, warn: WarnInput | undefined): Promise<readonly FoundFile[]> {
  // Loaded only here: most command lines have no glob that the shell left alone.
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(input)) throw inputError(nameOf(input), systemProblem(problem), problem);
  const texts = new Set(await glob(input, { absolute: isAbsolute(input), expandDirectories: false }));
  const paths: RawPath[] = [];
  for (const text of texts) {
    const undecoded = await findUndecoded(text);
    paths.push(...(undecoded.length > 0 ? undecoded : [text]));
  }
  const files = await inspectAll(input, paths, warn);
  if (files.length === 0) throw new EmptyInputError(input, 'no file matches');
  return files;
}

/** What of the paths can be read, in natural order and each file once; directories are left out. */
async function inspectAll(
  source: string,
  paths: readonly RawPath[],
  warn: WarnInput | undefined,
): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths.toSorted((one, other) => compareNaturally(shownPath(one), shownPath(other)))) {
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) found.push(await inspect(path));
  }
  const files = await readOnce(source, found, warn);
  warnOfTwins({ source, files: files.map(({ file }) => file), warn });
  return files;
}

async function inspect(path: RawPath): Promise<FoundFile> {
  const name = shownPath(path);
  const found = await stat(path, { bigint: true }).catch((cause: unknown) => {
    throw inputError(name, systemProblem(cause), cause);
  });
  if (found.isSocket()) throw inputError(name, 'it must be a file, pipe or directory, got a socket');
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw inputError(name, systemProblem(cause), cause);
  });
  const bytesTotal = found.isFile() ? Number(found.size) : undefined;
  const file = { kind: 'file', name, ...(typeof path === 'string' ? {} : { path }), bytesTotal } as const;
  return { file, id: idOf(found) };
}

function standardInput(): FoundFile {
  const file = { kind: 'stdin', name: 'stdin', bytesTotal: undefined } as const;
  try {
    const found = fstatSync(0, { bigint: true });
    return { file, id: found.isFile() ? idOf(found) : undefined };
  } catch {
    // Closed, or of a kind that has no file: what that means shows when it is read.
    return { file, id: undefined };
  }
}

function idOf({ dev, ino }: BigIntStats): string | undefined {
  return ino === 0n ? undefined : `${dev}:${ino}`;
}

function warnOfTwins(found: {
  readonly source: string;
  readonly files: readonly InputFile[];
  readonly warn: WarnInput | undefined;
}): void {
  const firsts = new Map<string, string>();
  for (const { name } of found.files) {
    const stem = name.replace(/\.(gz|zst)$/i, '').replace(/\.[^./]*$/, '');
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
