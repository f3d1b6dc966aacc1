import { DtstreamError } from '../../errors.js';
import type { SourceFormat } from '../../sources/hit-source.js';
import { parseFaults } from '../../sources/faults/parse.js';
import { openSimulator } from '../../sources/simulator/simulator.js';
import { TruthLines } from '../../sources/simulator/truth.js';
import { loadConfig } from '../config/load.js';
import { checkOutput, type Output, OutputFile } from '../flags/output-file.js';
import type { Console } from '../console/console.js';
import type { InputFile } from '../../sources/input-file.js';
import type { SimulateFlags } from './flags.js';

const chunkBytes = 1 << 18;

/** `dtstream simulate`: writes the bytes of the simulator. */
export async function runSimulate(console: Console, flags: SimulateFlags): Promise<void> {
  const signal = console.stopSignal();
  const { geometry } = await loadConfig(flags.config);
  const { rows, out, quiet } = flags;
  const format = flags.format ?? formatOfName(out);
  const options = { ...flags.simulator, ...(rows === undefined ? {} : { rows }), format, geometry };
  const faults = flags.fault === undefined ? [] : parseFaults(flags.fault, geometry);
  const truth = flags.truth ?? (faults.length > 0 && out !== undefined ? `${out}.truth.jsonl` : undefined);
  const lines = truth === undefined ? undefined : new TruthLines({ hasMuons: flags.truth !== undefined });
  const simulator = openSimulator(options, lines, faults);
  const truthOutput = truth === undefined ? undefined : truthOf(truth, flags);
  // Before --out is emptied, which may be the same file; where it does not exist yet, opening finds it.
  if (truthOutput !== undefined) await checkOutput(truthOutput);
  const file = out === undefined ? undefined : await OutputFile.open(console, outOf(out, flags), signal);
  let truthFile: OutputFile | undefined;
  let bytesWritten = 0;
  try {
    truthFile = truthOutput && (await OutputFile.open(console, truthOutput, signal));
    while (!signal.aborted) {
      // Memory of its own for every chunk: standard output may keep one while the next is made.
      const chunk = new Uint8Array(chunkBytes);
      const bytes = chunk.subarray(0, await simulator.read(chunk));
      if (lines !== undefined) await truthFile?.write(lines.take());
      if (bytes.length === 0) break;
      await (file === undefined ? console.writeOut(bytes) : file.write(bytes));
      bytesWritten += bytes.length;
      // The simulator takes no time that events could use.
      await new Promise(setImmediate);
    }
    lines?.addFaults(simulator.faultLines());
    if (lines !== undefined) await truthFile?.write(lines.take());
  } finally {
    await Promise.all([file?.close(), truthFile?.close()]);
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
function outOf(path: string, { config, force }: SimulateFlags): Output {
  return { flag: '--out', path, force, content: undefined, isOwn: () => false, inputs: configInputs(config) };
}

/** The truth must not go where the rows go, and is not overwritten either. */
function truthOf(path: string, { config, force, out, truth }: SimulateFlags): Output {
  const inputs = configInputs(config);
  return {
    flag: truth === undefined ? 'the truth of --fault' : '--truth',
    path,
    force,
    content: undefined,
    isOwn: () => false,
    inputs,
    other: out ?? 1,
  };
}

function configInputs(config: string | undefined): InputFile[] {
  return config === undefined ? [] : [{ kind: 'file', name: config, bytesTotal: undefined }];
}
