import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DtstreamError } from '../../errors.js';
import { systemProblem } from '../../sources/input-error.js';
import { type KafkaSecurity, saslMechanisms } from '../../transport/kafka/client/kafka-options.js';
import type { KafkaConfig } from '../config/kafka-section.js';

const prefix = 'DTSTREAM_KAFKA_';

/**
 * How connections to Kafka are protected: the environment before the configuration file. A password comes from a variable
 * or a file, never from the command line, where every user of the machine can read it.
 *
 * @throws DtstreamError `config` for a part without its other half, or a file that cannot be read
 */
export async function kafkaSecurity(
  env: Readonly<Record<string, string | undefined>>,
  config: KafkaConfig = {},
): Promise<KafkaSecurity> {
  const of = (name: string): string | undefined => {
    const value = env[prefix + name];
    return value === '' ? undefined : value;
  };
  const tls = await tlsOf(of, config);
  const sasl = await saslOf(of, config);
  return { ...(tls === undefined ? {} : { tls }), ...(sasl === undefined ? {} : { sasl }) };
}

type Lookup = (name: string) => string | undefined;

async function tlsOf(of: Lookup, config: KafkaConfig): Promise<KafkaSecurity['tls']> {
  const own = typeof config.tls === 'object' ? config.tls : {};
  const paths = { ca: of('CA') ?? own.ca, cert: of('CERT') ?? own.cert, key: of('KEY') ?? own.key };
  const isOn = switchOf(of('TLS')) ?? (config.tls !== undefined && config.tls !== false);
  if (!isOn && Object.values(paths).every((path) => path === undefined)) return undefined;
  if ((paths.cert === undefined) !== (paths.key === undefined)) {
    throw new DtstreamError('config', 'a client certificate for TLS needs its key as well: give both or neither');
  }
  const read = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : readText(path);
  const [ca, cert, key] = await Promise.all([read(paths.ca), read(paths.cert), read(paths.key)]);
  if (ca !== undefined) checkCertificates(ca, paths.ca);
  if (cert !== undefined) checkCertificates(cert, paths.cert);
  if (key !== undefined) checkKey(key, { cert, path: paths.key });
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

const pemCertificate =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** Node accepts any file as an authority, and then trusts no certificate. */
function checkCertificates(text: string, path: string | undefined): void {
  const certificates = text.match(pemCertificate) ?? [];
  const rule = `cannot use ${path ?? ''}: it must hold certificates as PEM text`;
  if (certificates.length === 0) throw new DtstreamError('config', `${rule}, got none`);
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw new DtstreamError('config', `${rule}, but number ${index + 1} is damaged`, { cause: error });
    }
  }
}

function checkKey(
  key: string,
  { cert, path }: { readonly cert: string | undefined; readonly path: string | undefined },
): void {
  const rule = `cannot use ${path ?? ''}: it must hold the private key of the certificate as PEM text without a password`;
  let own;
  try {
    own = createPrivateKey(key);
  } catch (error) {
    throw new DtstreamError('config', `${rule}, got none that can be read`, { cause: error });
  }
  if (cert !== undefined && !new X509Certificate(cert).checkPrivateKey(own)) {
    throw new DtstreamError('config', `${rule}, got the key of another certificate`);
  }
}

async function saslOf(of: Lookup, { sasl }: KafkaConfig): Promise<KafkaSecurity['sasl']> {
  const mechanism = (of('SASL') ?? sasl?.mechanism)?.toLowerCase();
  const username = of('USER') ?? sasl?.username;
  const file = of('PASSWORD_FILE') ?? sasl?.passwordFile;
  const password = of('PASSWORD') ?? (file === undefined ? undefined : (await readText(file)).replace(/\r?\n$/, ''));
  if (mechanism === undefined && username === undefined && password === undefined) return undefined;
  const known = saslMechanisms.find((name) => name === mechanism);
  if (known === undefined) {
    const rule = `must be one of ${saslMechanisms.join(', ')}, got ${mechanism ?? 'none'}`;
    throw new DtstreamError('config', `the SASL mechanism (${prefix}SASL or kafka.sasl.mechanism) ${rule}`);
  }
  if (username === undefined || password === undefined) {
    const missing = username === undefined ? `user (${prefix}USER)` : `password (${prefix}PASSWORD or _PASSWORD_FILE)`;
    throw new DtstreamError('config', `SASL ${known} needs a user and a password, got no ${missing}`);
  }
  return { mechanism: known, username, password };
}

function switchOf(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true;
  if (['0', 'false', 'no', 'off'].includes(value.toLowerCase())) return false;
  throw new DtstreamError('config', `${prefix}TLS must be true or false, got ${value}`);
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new DtstreamError('config', `cannot read ${path}: ${systemProblem(error)}`, { cause: error });
  });
}
