// Builds the single executable: npm run build:binary [-- --platform linux-arm64]
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleLaunch, writeApp } from './app.mjs';
import { injectBlob, prepareBlob } from './inject.mjs';
import { copyNativeParts } from './native-parts.mjs';
import { ask, fetchNode, hostPlatform, longTermLine, platforms } from '../nodes.mjs';

const { values } = parseArgs({ options: { platform: { type: 'string', default: hostPlatform } } });
const { platform } = values;
if (!platforms.includes(platform)) {
  console.error(`--platform must be one of ${platforms.join(', ')}, got ${platform}`);
  process.exit(2);
}

const work = join('build', `work-${platform}`);
const app = join(work, 'app');
rmSync(work, { recursive: true, force: true });
mkdirSync(app, { recursive: true });

const node = fetchNode(longTermLine(), platform);
// Of the same release: another one would not understand the blob that it writes.
const host = fetchNode(node.version);

writeApp(app);
copyNativeParts(app, { platform, abi: ask(host.program, 'process.versions.modules'), work });
const launch = await bundleLaunch(work);

const suffix = platform.startsWith('win') ? '.exe' : '';
const output = join('build', `dtstream${platform === hostPlatform ? '' : `-${platform}`}${suffix}`);
const draft = join(work, `dtstream${suffix}`);
copyFileSync(node.program, draft);
chmodSync(draft, 0o755);
await injectBlob(draft, prepareBlob({ app, launch, work, node: host.program }), platform);
// A copy, not a rename: a program that runs from there keeps its old file.
rmSync(output, { force: true });
copyFileSync(draft, output);
rmSync(work, { recursive: true });
console.error(`built ${output} with Node ${node.version}`);
