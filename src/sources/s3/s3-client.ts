import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { DtstreamError } from '../../errors.js';
import { systemProblem } from '../input-error.js';

/** Address and connection of S3; the SDK finds the credentials: environment, profile, role. */
export interface S3Options {
  /** URL of the server, without path; default: that of AWS. A bucket is then part of the path, not of the host. */
  readonly endpoint?: string;
  /** Default: what the environment or the profile says; with an endpoint else `us-east-1`. */
  readonly region?: string;
  /** PEM file of an authority that is trusted beside the public ones. */
  readonly caFile?: string;
  /** Sends unsigned requests, as a public bucket allows, and looks for no credentials. Default: false. */
  readonly isAnonymous?: boolean;
  /** Agrees to pay for requests, where the owner of the bucket does not. Default: false. */
  readonly requesterPays?: boolean;
}

/** How long it may take to connect. */
const connectMsMax = 4000;
/** How long an answer without its body may take, connecting included. */
export const answerMsMax = 10_000;
/** Requests are sent unsigned, without credentials. */
const unsigned = {
  httpAuthSchemeProvider: () => [{ schemeId: 'smithy.api#noAuth' }],
  httpAuthSchemes: [
    {
      schemeId: 'smithy.api#noAuth',
      identityProvider: () => () => Promise.resolve({}),
      signer: { sign: <T>(request: T): Promise<T> => Promise.resolve(request) },
    },
  ],
} as const satisfies S3ClientConfig;
/** More than this takes all parts of an object that are read ahead, and the start of the next object. */
const socketsMax = 16;

/**
 * A client of the server. Certificates are always verified, whatever the environment says.
 *
 * @param warn told what the SDK has to say
 * @throws DtstreamError `config` for a certificate file that can't be used, and when no region is known
 */
export async function openS3Client(options: S3Options, warn: (message: string) => void): Promise<S3Client> {
  // On Node 20 the SDK says that it will need a later one; the version at hand does not.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { endpoint, region, isAnonymous = false } = options;
  const ignore = (): void => undefined;
  const say = (...parts: readonly unknown[]): void => warn(parts.map(String).join(' ').replaceAll(/\s+/g, ' ').trim());
  const config = {
    ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint, forcePathStyle: true }),
    ...(isAnonymous ? unsigned : {}),
    // Not WHEN_SUPPORTED: the checked stream does not end when its connection breaks, and a part of an object has no
    // checksum anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: { debug: ignore, info: ignore, warn: say, error: ignore },
    requestHandler: {
      connectionTimeout: connectMsMax,
      requestTimeout: answerMsMax,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: socketsMax },
      httpsAgent: {
        keepAlive: true,
        maxSockets: socketsMax,
        rejectUnauthorized: true,
        ...(options.caFile === undefined ? {} : { ca: [...rootCertificates, await readAuthority(options.caFile)] }),
      },
    },
  } as const;
  const client = new S3Client(region === undefined ? config : { ...config, region });
  const isKnown = await client.config.region().then(
    () => true,
    () => false,
  );
  if (isKnown) return client;
  // Without a signature any region will do to be told the right one.
  if (endpoint !== undefined || isAnonymous) return new S3Client({ ...config, region: 'us-east-1' });
  throw new DtstreamError('config', 'cannot use S3: no region is known; give --s3-region, or set AWS_REGION');
}

async function readAuthority(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    // Else a file without a certificate would show as an authority that is not known.
    new X509Certificate(text);
    return text;
  } catch (cause) {
    const isRead = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_OSSL');
    const why = isRead ? 'it must hold a certificate as PEM' : systemProblem(cause);
    throw new DtstreamError('config', `cannot use --s3-ca ${path}: ${why}`, { cause });
  }
}
