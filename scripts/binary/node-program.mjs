// Node itself for a platform: the one that runs here, or the same version from its npm package.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** As the npm packages of node are named. */
export const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win-x64'];
export const hostPlatform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** Path of the node program of a platform. Another version would not understand the blob that this one writes. */
export function nodeProgram(platform, work) {
  if (platform === hostPlatform) return process.execPath;
  const folder = fetchPackage(`node-${platform}`, process.versions.node, work);
  return join(folder, 'bin', platform.startsWith('win') ? 'node.exe' : 'node');
}

/** Fetches a package of the npm registry and unpacks it; returns its folder. */
export function fetchPackage(name, version, work) {
  const folder = join(work, name.replace('/', '-'));
  mkdirSync(folder, { recursive: true });
  const options = { encoding: 'utf8', shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'inherit'] };
  const args = ['pack', `${name}@${version}`, '--silent', '--ignore-scripts', '--pack-destination', folder];
  const file = execFileSync('npm', args, options).trim().split('\n').at(-1);
  execFileSync('tar', ['-xzf', join(folder, file), '-C', folder]);
  return join(folder, 'package');
}
