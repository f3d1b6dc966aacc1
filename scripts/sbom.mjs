// Writes build/sbom.cdx.json: what dtstream depends on or carries in its bundle, from the lock file, as CycloneDX.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageOf } from './binary/carried-packages.mjs';
import { programInputs } from './bundle.mjs';

const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--sbom-type=application'];
const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
const sbom = JSON.parse(stdout);
// npm takes the name of the folder.
sbom.metadata.component.name = readPackage('.').name;

// To npm, bundled packages are development tools like a linter.
const development = 'cdx:npm:package:development';
const bundled = await bundledPackages();
sbom.components = sbom.components
  .filter(
    (component) => bundled.has(component['bom-ref']) || !component.properties.some(({ name }) => name === development),
  )
  .map((component) => ({
    ...component,
    scope: bundled.has(component['bom-ref']) ? 'required' : component.scope,
    properties: component.properties.filter(({ name }) => name !== development),
  }));
const kept = new Set([sbom.metadata.component['bom-ref'], ...sbom.components.map((component) => component['bom-ref'])]);
sbom.dependencies = sbom.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));

mkdirSync('build', { recursive: true });
writeFileSync('build/sbom.cdx.json', `${JSON.stringify(sbom, null, 2)}\n`);
console.error(`build/sbom.cdx.json: ${sbom.bomFormat} ${sbom.specVersion}, ${sbom.components.length} packages`);

/** Packages with code in the bundle, as npm refers to them. */
async function bundledPackages() {
  const paths = (await programInputs()).filter((path) => path.startsWith('node_modules/'));
  return new Set(
    paths.map(packageOf).map((folder) => {
      const { name, version } = readPackage(folder);
      return `${name}@${version}`;
    }),
  );
}

function readPackage(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
