// Writes build/sbom.cdx.json: what dtstream depends on, from the lock file, as CycloneDX.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--omit=dev', '--sbom-type=application'];
const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
const sbom = JSON.parse(stdout);
// npm takes the name of the folder.
sbom.metadata.component.name = JSON.parse(readFileSync('package.json', 'utf8')).name;
mkdirSync('build', { recursive: true });
writeFileSync('build/sbom.cdx.json', `${JSON.stringify(sbom, null, 2)}\n`);
console.error(`build/sbom.cdx.json: ${sbom.bomFormat} ${sbom.specVersion}, ${sbom.components.length} packages`);
