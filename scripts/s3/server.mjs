// Starts an S3 server (SeaweedFS) on loopback, with users and on request with TLS, in a folder that goes with it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardedProcess, freePorts, isListening } from '../guarded-process.mjs';
import { installS3 } from './install.mjs';
import { createCertificates, serverArguments, socketsOf, writeUsers } from './settings.mjs';

const roles = ['master', 'masterGrpc', 'volume', 'volumeGrpc', 'filer', 'filerGrpc', 's3', 's3Grpc'];

/**
 * @param {{ tls?: boolean }} options
 * @returns a server with its address; `kill` and `start` act on the same data, `close` removes it
 */
export async function startS3({ tls = false } = {}) {
  const weed = installS3();
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-s3-'));
  const numbers = await freePorts(roles.length);
  const ports = Object.fromEntries(roles.map((role, index) => [role, numbers[index]]));
  mkdirSync(join(dir, 'data'));
  const certificate = tls ? createCertificates(dir) : undefined;
  const args = serverArguments({ dir, users: writeUsers(dir), ports, certificate });
  const logFile = join(dir, 'server.log');
  let running;

  const server = {
    endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${ports.s3}`,
    port: ports.s3,
    caFile: certificate?.ca,
    dir,
    logFile,
    async start() {
      running = new GuardedProcess({ command: weed, args, logFile });
      await running.until(() => isReady(ports));
    },
    kill: () => running?.end('SIGKILL'),
    async close() {
      await running?.end('SIGKILL');
      for (const socket of socketsOf(ports)) rmSync(socket, { force: true });
      rmSync(dir, { recursive: true, force: true });
    },
  };

  try {
    await server.start();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

/** Whether the gateway answers, and objects find a place. */
async function isReady(ports) {
  const place = await fetch(`http://127.0.0.1:${ports.master}/dir/assign`).catch(() => undefined);
  if (place?.status !== 200) return false;
  return isListening(ports.s3);
}
