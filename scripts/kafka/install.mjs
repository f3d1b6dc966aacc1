// Fetches Apache Kafka into build/kafka once; later calls need no network.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Versions that the tests use: the current line, and the last one of the line before. */
export const kafkaVersions = { current: '4.1.0', previous: '3.9.1' };

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const buildDir = fileURLToPath(new URL('../../build/kafka/', import.meta.url));

/** Why a broker cannot be started here, in a few words; undefined when it can. */
export function missingTools(version) {
  if (spawnSync('java', ['-version'], { stdio: 'ignore' }).status !== 0) return 'Java 17 is not installed';
  if (existsSync(join(buildDir, version))) return undefined;
  if (spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status !== 0) return 'Maven is not installed';
  return undefined;
}

/** Folder with the jars of a version; with `tools` those of the performance tools are there, too. */
export function installKafka(version, { tools = false } = {}) {
  const libs = join(buildDir, tools ? `${version}-tools` : version);
  if (existsSync(libs)) return libs;
  const partial = `${libs}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    execFileSync(
      'mvn',
      [
        '-q',
        '-B',
        '-f',
        pom,
        `-Dkafka.version=${version}`,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${partial}`,
        '-DincludeScope=runtime',
        ...(tools ? ['-Ptools'] : []),
      ],
      { stdio: ['ignore', 2, 2] },
    );
    // Another process may have been quicker: then its folder stays.
    if (!existsSync(libs)) renameSync(partial, libs);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return libs;
}
