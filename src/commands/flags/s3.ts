import { type Command, InvalidArgumentError } from 'commander';
import { DtstreamError } from '../../errors.js';
import type { S3Options } from '../../sources/s3/s3-client.js';
import { maskedAddress } from '../console/without-secrets.js';

/** Flags for the server of `s3://` inputs and the kind of access. */
export interface S3Flags {
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3Ca?: string;
  readonly s3Anonymous?: boolean;
  readonly s3RequesterPays?: boolean;
}

export function addS3Flags(command: Command): Command {
  return command
    .option('--s3-endpoint <url>', 'server of s3:// inputs (default: AWS)', serverUrl)
    .option('--s3-region <name>', 'region of that server (default: AWS_REGION, or from the profile)')
    .option('--s3-ca <file>', 'PEM file with the certificate of a private authority')
    .option('--s3-anonymous', 'read a public bucket without credentials', false)
    .option('--s3-requester-pays', 'pay for requests to buckets that charge the reader', false);
}

/**
 * Where S3 is, by the flags, and else by what other programs that use it go by.
 *
 * @throws DtstreamError `usage` for an endpoint that is no URL of a server, or that holds a secret, and for flags that
 *   contradict each other
 */
export function s3OptionsOf(flags: S3Flags, env: Readonly<Record<string, string | undefined>>): S3Options {
  const { s3Endpoint, s3Region, s3Ca, s3Anonymous = false, s3RequesterPays = false } = flags;
  const endpoint = s3Endpoint ?? endpointOf(env);
  if (endpoint !== undefined) refuseSecret(endpoint);
  if (s3Anonymous && s3RequesterPays) {
    throw new DtstreamError('usage', '--s3-requester-pays needs credentials: it cannot be used with --s3-anonymous');
  }
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(s3Region === undefined ? {} : { region: s3Region }),
    ...(s3Ca === undefined ? {} : { caFile: s3Ca }),
    ...(s3Anonymous ? { isAnonymous: true } : {}),
    ...(s3RequesterPays ? { requesterPays: true } : {}),
  };
}

function endpointOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const name = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'].find((candidate) => (env[candidate] ?? '') !== '');
  const text = name === undefined ? undefined : env[name];
  if (text === undefined || isServerUrl(text)) return text;
  throw new DtstreamError('usage', `${name} ${urlRule}, got ${maskedAddress(text)}`);
}

const urlRule = 'must be a URL such as https://s3.example.org:9000';

function serverUrl(text: string): string {
  if (isServerUrl(text)) return text;
  throw new InvalidArgumentError(`${urlRule}.`);
}

function isServerUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function refuseSecret(endpoint: string): void {
  const { username, password, host } = new URL(endpoint);
  if (username === '' && password === '') return;
  const rule = 'the S3 endpoint must not contain a user or a password: put them into the environment or a profile';
  throw new DtstreamError('usage', `${rule}, got some for ${host}`);
}
