// Settings of the S3 server for tests: users and rights, and certificates of a private authority.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of no worth beyond the test server. `reader` may only read the bucket `runs`, `guest` only get its objects by name. */
export const testUsers = {
  admin: { accessKeyId: 'test-admin', secretAccessKey: 'test-admin-secret' },
  reader: { accessKeyId: 'test-reader', secretAccessKey: 'test-reader-secret' },
  guest: { accessKeyId: 'test-guest', secretAccessKey: 'test-guest-secret' },
};
const actions = {
  admin: ['Admin', 'Read', 'Write', 'List', 'Tagging'],
  reader: ['Read:runs', 'List:runs'],
  guest: ['Read:runs'],
};
/** Anonymous users may read the bucket `public`. */
const anonymous = { name: 'anonymous', actions: ['Read:public', 'List:public'] };

/** Writes the file of users and returns its path. */
export function writeUsers(dir) {
  const path = join(dir, 'users.json');
  const identities = Object.entries(testUsers).map(([name, { accessKeyId, secretAccessKey }]) => ({
    name,
    credentials: [{ accessKey: accessKeyId, secretKey: secretAccessKey }],
    actions: actions[name],
  }));
  writeFileSync(path, JSON.stringify({ identities: [...identities, anonymous] }));
  return path;
}

/** Arguments that run all parts of SeaweedFS in one process, on loopback only, in little memory and disk. */
export function serverArguments({ dir, users, ports, certificate }) {
  const flags = {
    dir: join(dir, 'data'),
    ip: '127.0.0.1',
    'ip.bind': '127.0.0.1',
    'master.port': ports.master,
    'master.port.grpc': ports.masterGrpc,
    'master.telemetry': false,
    // One master elects itself; after a restart it waits for this long first.
    'master.electionTimeout': '1s',
    'master.volumeSizeLimitMB': 1024,
    'volume.port': ports.volume,
    'volume.port.grpc': ports.volumeGrpc,
    'volume.max': 100,
    'volume.preStopSeconds': 0,
    filer: true,
    'filer.port': ports.filer,
    'filer.port.grpc': ports.filerGrpc,
    s3: true,
    's3.port': ports.s3,
    's3.port.grpc': ports.s3Grpc,
    's3.port.iceberg': 0,
    's3.port.lance': 0,
    's3.iam': false,
    's3.config': users,
    ...(certificate && { 's3.cert.file': certificate.cert, 's3.key.file': certificate.key }),
  };
  return ['-logtostderr=true', 'server', ...Object.entries(flags).map(([name, value]) => `-${name}=${value}`)];
}

/** Sockets that the server leaves in /tmp when it is killed. */
export function socketsOf(ports) {
  const names = [
    `filer-${ports.filer}`,
    `filer-grpc-${ports.filerGrpc}`,
    `master-grpc-${ports.masterGrpc}`,
    `volume-grpc-${ports.volumeGrpc}`,
    `s3-${ports.s3}`,
    `s3-grpc-${ports.s3Grpc}`,
  ];
  return names.map((name) => `/tmp/seaweedfs-${name}.sock`);
}

/** A certificate authority and a certificate of the server for loopback, as paths of PEM files. */
export function createCertificates(dir) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-subj', '/CN=dtstream tests', '-days', '2', '-addext', 'basicConstraints=critical,CA:TRUE'];
  openssl('req', '-x509', ...key, ...authority, '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  writeFileSync(join(dir, 'server.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'server.ext'];
  openssl('x509', '-req', '-in', 'server.csr', ...signer, '-out', 'server.pem');
  const [ca, cert, serverKey] = ['ca.pem', 'server.pem', 'server.key'].map((name) => join(dir, name));
  return { ca, caText: readFileSync(ca, 'utf8'), cert, key: serverKey };
}
