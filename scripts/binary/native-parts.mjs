// Native parts of packages for a platform: each is a package of its own, installed here or fetched.
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackage } from '../nodes.mjs';

/** How the makers of napi-rs name a platform. */
const napiName = (platform) =>
  ({ 'linux-x64': 'linux-x64-gnu', 'linux-arm64': 'linux-arm64-gnu', 'win-x64': 'win32-x64-msvc' })[platform] ??
  platform;

const parts = [
  { of: 'lmdb', name: (platform) => `@lmdb/lmdb-${platform.replace(/^win-/, 'win32-')}` },
  { of: 'snappy', name: (platform) => `@napi-rs/snappy-${napiName(platform)}` },
  { of: 'lz4-napi', name: (platform) => `@antoniomuso/lz4-napi-${napiName(platform)}` },
];

/**
 * Copies to `app/node_modules` what the loaders of these packages pick on the platform.
 *
 * @param {string} abi of the Node that loads them, its `process.versions.modules`
 */
export function copyNativeParts(app, { platform, abi, work }) {
  for (const { of, name } of parts) {
    const { optionalDependencies } = JSON.parse(readFileSync(`node_modules/${of}/package.json`, 'utf8'));
    const part = name(platform);
    const installed = join('node_modules', part);
    const folder = existsSync(installed) ? installed : fetchPackage(part, optionalDependencies[part], work);
    for (const file of ['package.json', 'index.js', ...nativeFiles(folder, abi)]) {
      if (existsSync(join(folder, file))) cpSync(join(folder, file), join(app, 'node_modules', part, file));
    }
  }
}

/** Of several builds the one for this version of node, else the one for any. */
function nativeFiles(folder, abi) {
  const natives = readdirSync(folder).filter((file) => file.endsWith('.node') && !file.includes('musl'));
  const own = natives.filter((file) => file.includes(`abi${abi}.`));
  const used = own.length > 0 ? own : natives.filter((file) => !file.includes('abi'));
  if (used.length === 0) throw new Error(`${folder} has nothing for abi ${abi} of node: ${natives.join(' ')}`);
  return used;
}
