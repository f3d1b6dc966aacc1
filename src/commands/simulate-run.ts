import { type FileHandle, open } from 'node:fs/promises';
import { DtstreamError } from '../errors.js';
import type { SourceFormat } from '../sources/hit-source.js';
import { systemProblem } from '../sources/input-error.js';
import { openSimulator } from '../sources/simulator/simulator.js';
import { loadConfig } from './config.js';
import type { GlobalFlags } from './options.js';
import { say, stopSignal, writeOut } from './stdio.js';

/** Flags of `dtstream simulate`. */
export interface SimulateFlags extends GlobalFlags {
  readonly rows?: number;
  readonly format: SourceFormat;
  readonly out?: string;
  /** Options of the simulator that were given. */
  readonly simulator: Readonly<Record<string, unknown>>;
}

const chunkBytes = 1 << 18;

/** `dtstream simulate`: the bytes of the simulator, as they are. */
export async function runSimulate(flags: SimulateFlags): Promise<void> {
  const signal = stopSignal();
  const { geometry } = await loadConfig(flags.config);
  const { rows, format, out, quiet } = flags;
  const simulator = openSimulator({ ...flags.simulator, ...(rows === undefined ? {} : { rows }), format, geometry });
  const file = out === undefined ? undefined : await createFile(out);
  let bytesWritten = 0;
  try {
    while (!signal.aborted) {
      // Memory of its own for every chunk: standard output may keep one while the next is made.
      const chunk = new Uint8Array(chunkBytes);
      const bytes = chunk.subarray(0, await simulator.read(chunk));
      if (bytes.length === 0) break;
      await (file === undefined ? writeOut(bytes) : writeTo(file, flags.out ?? '', bytes));
      bytesWritten += bytes.length;
      // The simulator takes no time that events could use.
      await new Promise(setImmediate);
    }
  } finally {
    await file?.close();
  }
  if (!quiet && out !== undefined) say(`wrote ${bytesWritten.toLocaleString('en-US')} bytes to ${out}`);
}

async function createFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (cause) {
    throw new DtstreamError('input', `cannot write ${path}: ${systemProblem(cause)}`, { cause });
  }
}

async function writeTo(file: FileHandle, path: string, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
  } catch (cause) {
    throw new DtstreamError('input', `cannot write ${path}: ${systemProblem(cause)}`, { cause });
  }
}
