import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another program that computes the totals of a CSV file. */
export interface Peer {
  readonly name: string;
  /** Program and arguments, without the file. */
  readonly command: readonly string[];
}

const requirements = 'benchmarks/peers/requirements.txt';

/** The peers, installed in an environment of their own below `folder` when they are not yet there. */
export function installPeers(folder: string): readonly Peer[] {
  const environment = join(folder, 'peers-venv');
  const python = join(environment, 'bin', 'python');
  const installed = join(environment, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    const options: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
    execFileSync('python3', ['-m', 'venv', environment], options);
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], options);
    writeFileSync(installed, wanted);
  }
  const duckdb = [python, 'benchmarks/peers/duckdb_direct.py'];
  return [
    { name: 'DuckDB', command: duckdb },
    { name: 'DuckDB with bit masks', command: [...duckdb, '--masks'] },
    { name: 'Polars', command: [python, 'benchmarks/peers/polars_direct.py'] },
  ];
}

/** `duckdb 1.0, polars 1.0` */
export function peerVersions(): string {
  return readFileSync(requirements, 'utf8').trim().replaceAll('==', ' ').replaceAll('\n', ', ');
}
