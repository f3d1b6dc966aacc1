import type { KafkaConfig } from '../config/kafka-section.js';
import { maskedAddress, secretMask } from '../console/without-secrets.js';

/** A setting of a connection and where it comes from; a secret is masked. */
export interface ShownSetting {
  readonly value: string;
  readonly from: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Variables for the security of Kafka connections, with the matching keys of a configuration file. */
const kafkaVariables = [
  { name: 'TLS', key: 'kafka.tls', inFile: ({ tls }: KafkaConfig) => (tls === undefined ? undefined : tls !== false) },
  { name: 'CA', key: 'kafka.tls.ca', inFile: ({ tls }: KafkaConfig) => (typeof tls === 'object' ? tls.ca : undefined) },
  {
    name: 'CERT',
    key: 'kafka.tls.cert',
    inFile: ({ tls }: KafkaConfig) => (typeof tls === 'object' ? tls.cert : undefined),
  },
  {
    name: 'KEY',
    key: 'kafka.tls.key',
    inFile: ({ tls }: KafkaConfig) => (typeof tls === 'object' ? tls.key : undefined),
  },
  { name: 'SASL', key: 'kafka.sasl.mechanism', inFile: ({ sasl }: KafkaConfig) => sasl?.mechanism },
  { name: 'USER', key: 'kafka.sasl.username', inFile: ({ sasl }: KafkaConfig) => sasl?.username },
  { name: 'PASSWORD', key: 'kafka.sasl.password', inFile: () => undefined },
  { name: 'PASSWORD_FILE', key: 'kafka.sasl.passwordFile', inFile: ({ sasl }: KafkaConfig) => sasl?.passwordFile },
] as const;
/** Variables of the S3 client's standard chain. */
const s3Variables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_ENDPOINT_URL_S3',
  'AWS_ENDPOINT_URL',
];
const secrets: readonly string[] = ['PASSWORD', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** What protects the connections to brokers and S3: the environment before the file. */
export function shownSecurity(env: Env, kafka: KafkaConfig | undefined): Record<string, ShownSetting> {
  const shown: Record<string, ShownSetting> = {};
  for (const { name, key, inFile } of kafkaVariables) {
    const variable = `DTSTREAM_KAFKA_${name}`;
    const value = env[variable] ?? '';
    const written = kafka && inFile(kafka);
    if (value !== '') shown[key] = { value: secrets.includes(name) ? secretMask : value, from: variable };
    else if (written !== undefined) shown[key] = { value: String(written), from: 'file' };
  }
  for (const name of s3Variables) {
    const value = env[name] ?? '';
    if (value !== '')
      shown[name] = { value: secrets.includes(name) ? secretMask : maskedAddress(value), from: 'environment' };
  }
  return shown;
}
