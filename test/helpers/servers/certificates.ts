import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why tests that make certificates are skipped here, false when they run. */
export const skipCertificates: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Files of a certificate and its key, both PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that is signed by itself: of an authority, or of a server on loopback. */
export function selfSigned(dir: string, name: string): CertificateFiles {
  const files = { cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) };
  openssl('req', '-x509', ...newKey, ...subjectOf(name), '-days', '2', '-keyout', files.key, '-out', files.cert);
  return files;
}

/** A certificate for loopback that an authority has signed. @param days that it holds from now; negative = it has expired */
export function signedBy(authority: CertificateFiles, dir: string, name: string, days = 2): CertificateFiles {
  const files = { cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) };
  const asked = join(dir, `${name}.csr`);
  openssl('req', ...newKey, ...subjectOf(name), '-keyout', files.key, '-out', asked);
  const signer = ['-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial'];
  const holds = ['-days', String(days), '-copy_extensions', 'copy'];
  openssl('x509', '-req', '-in', asked, ...signer, ...holds, '-out', files.cert);
  return files;
}

/** What the files hold, one after the other. */
export function pemOf(...files: readonly string[]): string {
  return files.map((file) => readFileSync(file, 'utf8')).join('');
}

function subjectOf(name: string): string[] {
  return ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
