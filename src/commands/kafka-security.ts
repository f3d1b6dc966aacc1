import { readFile } from 'node:fs/promises';
import { DtstreamError } from '../errors.js';
import { systemProblem } from '../sources/input-error.js';
import { type KafkaSecurity, saslMechanisms } from '../transport/kafka/kafka-options.js';
import type { KafkaConfig } from './kafka-config.js';

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
    throw new DtstreamError('config', 'TLS with a certificate of ours needs its key as well: give both or none');
  }
  const texts = await Promise.all(
    Object.entries(paths).map(async ([name, path]) => (path === undefined ? [] : [[name, await readText(path)]])),
  );
  return Object.fromEntries(texts.flat()) as NonNullable<KafkaSecurity['tls']>;
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
