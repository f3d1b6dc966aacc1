// The files of a folder as assets of a single executable.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { inject } from 'postject';

/** Where node looks for the blob, and the mark that says there is one (Node's documentation of single executables). */
const resource = 'NODE_SEA_BLOB';
const sentinelFuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Writes the blob of the entry and all files of `app`, as `node` understands it; returns its path. */
export function prepareBlob({ app, launch, work, node }) {
  const paths = readdirSync(app, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(app.length + 1)
        .replaceAll(sep, '/'),
    )
    .sort();
  const hash = createHash('sha256');
  const files = paths.map((path) => {
    const content = readFileSync(join(app, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
    return { path, bytes: content.length };
  });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const manifest = join(work, 'manifest.json');
  writeFileSync(manifest, JSON.stringify({ version, hash: hash.digest('hex').slice(0, 32), files }));
  const config = join(work, 'sea-config.json');
  const output = join(work, 'sea.blob');
  const assets = Object.fromEntries(paths.map((path) => [path, join(app, path)]));
  const options = { disableExperimentalSEAWarning: true, useCodeCache: false, useSnapshot: false };
  writeFileSync(
    config,
    JSON.stringify({ main: launch, output, ...options, assets: { ...assets, 'manifest.json': manifest } }),
  );
  execFileSync(node, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  return output;
}

/** Puts the blob into a copy of node. macOS runs only signed programs: on a Mac it is signed again, elsewhere it is not. */
export async function injectBlob(program, blob, platform) {
  const isMac = platform.startsWith('darwin');
  const canSign = isMac && process.platform === 'darwin';
  if (canSign) execFileSync('codesign', ['--remove-signature', program]);
  const segment = isMac ? { machoSegmentName: 'NODE_SEA' } : {};
  await quietly(() => inject(program, resource, readFileSync(blob), { sentinelFuse, ...segment }));
  if (canSign) execFileSync('codesign', ['--sign', '-', program]);
  else if (isMac) console.error('not signed: run codesign --sign - on a Mac before it is used');
}

/** postject reports section names of node that it does not know, which do not matter, on stdout. */
async function quietly(action) {
  const { log, warn, error } = console;
  Object.assign(console, { log: () => undefined, warn: () => undefined, error: () => undefined });
  try {
    await action();
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
