import { DtstreamError } from '../../errors.js';
import type { SourceFormat } from '../../sources/hit-source.js';
import { openSimulator } from '../../sources/simulator/simulator.js';
import { loadConfig } from '../config/load.js';
import { OutputFile } from '../flags/output-file.js';
import type { Console } from '../console/console.js';
import type { SimulateFlags } from './flags.js';

const chunkBytes = 1 << 18;

/** `dtstream simulate`: writes the bytes of the simulator. */
export async function runSimulate(console: Console, flags: SimulateFlags): Promise<void> {
  const signal = console.stopSignal();
  const { geometry } = await loadConfig(flags.config);
  const { rows, out, quiet } = flags;
  const format = flags.format ?? formatOfName(out);
  const simulator = openSimulator({ ...flags.simulator, ...(rows === undefined ? {} : { rows }), format, geometry });
  const file = out === undefined ? undefined : await createFile(console, out, flags.force, signal);
  let bytesWritten = 0;
  try {
    while (!signal.aborted) {
      // Memory of its own for every chunk: standard output may keep one while the next is made.
      const chunk = new Uint8Array(chunkBytes);
      const bytes = chunk.subarray(0, await simulator.read(chunk));
      if (bytes.length === 0) break;
      await (file === undefined ? console.writeOut(bytes) : file.write(bytes));
      bytesWritten += bytes.length;
      // The simulator takes no time that events could use.
      await new Promise(setImmediate);
    }
  } finally {
    await file?.close();
  }
  if (!quiet && out !== undefined) console.logLine(`wrote ${bytesWritten.toLocaleString('en-US')} bytes to ${out}`);
}

/**
 * What the name of the file says.
 *
 * @throws DtstreamError `usage` when it says a form that is not written
 */
function formatOfName(out = ''): SourceFormat {
  if (/\.(parquet|gz|zst)$/i.test(out)) {
    throw new DtstreamError(
      'usage',
      `simulate writes plain CSV or words, got --out ${out}; dtstream convert writes others`,
    );
  }
  return /\.dat$/i.test(out) ? 'words' : 'csv';
}

/** Simulated rows look like measured ones: none may be lost for them. */
function createFile(console: Console, path: string, force: boolean, signal: AbortSignal): Promise<OutputFile> {
  return OutputFile.open(console, { flag: '--out', path, force, content: undefined, isOwn: () => false }, signal);
}
