/** What went wrong with a request to S3, in words, and whether the same request may succeed in a while. */
export interface S3Problem {
  readonly text: string;
  readonly isTransient: boolean;
}

/** An answer that is not what was asked for. */
export class S3AnswerError extends Error {
  readonly isTransient: boolean;

  constructor(message: string, options: { readonly isTransient: boolean }) {
    super(message);
    this.isTransient = options.isTransient;
  }
}

/** The server of the request, and the kind of access. */
export interface S3Asked {
  /** The server, in words. */
  readonly endpoint: string;
  /** Whether without credentials. */
  readonly isAnonymous: boolean;
}

/** An error of the SDK before a request was sent. */
const noCredentials = 'CredentialsProviderError';

/** Explains what a request to S3 failed with; undefined when that is no failure of S3 but a bug. */
export function s3Problem(error: unknown, { endpoint, isAnonymous }: S3Asked): S3Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof S3AnswerError) return { text: error.message, isTransient: error.isTransient };
  const { name, code, status } = traitsOf(error);
  const known = name === noCredentials ? credentialsProblem(error.message) : refusals.get(name);
  const refusal = isAnonymous && isForbidden(name, status) ? notPublic : known;
  const text = refusal ?? certificateProblem(code, endpoint) ?? statusText(status, error);
  if (text !== undefined) return { text, isTransient: isTransientStatus(status) };
  const isSilent = name === 'TimeoutError' && code !== 'ECONNRESET' && code !== 'EPIPE';
  if (code === '' && !isSilent) return undefined;
  const why = connections.get(code) ?? (isSilent ? 'no answer in time' : error.message);
  return { text: `no connection to ${endpoint}: ${why}`, isTransient: !tlsCodes.has(code) };
}

/** Message of a bucket that requires credentials. */
const notPublic = 'permission denied: it is not public; leave --s3-anonymous out and set credentials';

function isForbidden(name: string, status: number | undefined): boolean {
  return name === 'AccessDenied' || status === 401 || status === 403;
}

/** Problem of an object whose size or version has changed. */
export const replaced = 'the object was replaced while it was read';

/** What S3 says no with, by the name of the error. */
const refusals: ReadonlyMap<string, string> = new Map(
  Object.entries({
    NoSuchBucket: 'the bucket does not exist',
    NoSuchKey: 'there is no such object',
    AccessDenied: 'permission denied: the user needs s3:ListBucket on the bucket and s3:GetObject on its objects',
    InvalidAccessKeyId: 'the server does not know the access key',
    SignatureDoesNotMatch: 'the secret key is wrong for this access key',
    ExpiredToken: 'the credentials have expired',
    InvalidToken: 'the session token is not valid',
    PreconditionFailed: replaced,
    InvalidRange: replaced,
    InvalidObjectState: 'the object is archived and must be restored first',
    RequestTimeTooSkewed: "this machine's clock differs too much from the server's",
    PermanentRedirect: 'the bucket is in another region: give it with --s3-region',
    AuthorizationHeaderMalformed: 'the bucket is in another region: give it with --s3-region',
  }),
);

const connections: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'the connection broke',
    EPIPE: 'the connection broke',
    ENOTFOUND: 'the host name is unknown',
    EAI_AGAIN: 'the host name cannot be looked up',
    EHOSTUNREACH: 'the host cannot be reached',
    ENETUNREACH: 'the network cannot be reached',
    EPROTO: 'TLS failed; does the server speak https?',
    ERR_SSL_WRONG_VERSION_NUMBER: 'TLS failed; does the server speak https?',
    ERR_SSL_PACKET_LENGTH_TOO_LONG: 'TLS failed; does the server speak https?',
  }),
);
/** Trying again does not make another protocol of it. */
const tlsCodes: ReadonlySet<string> = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

const certificates: ReadonlyMap<string, string> = new Map(
  Object.entries({
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known',
    UNABLE_TO_GET_ISSUER_CERT: 'its authority is not known',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known',
    SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not known',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
    CERT_HAS_EXPIRED: 'it has expired',
    CERT_NOT_YET_VALID: 'it is not valid yet',
    CERT_SIGNATURE_FAILURE: 'its signature is wrong',
    ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  }),
);

function credentialsProblem(message: string): string {
  const why = message.startsWith('Could not load credentials') ? 'none found' : message.split('\n')[0];
  return `no credentials (${why}): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; --s3-anonymous reads a public bucket without`;
}

function certificateProblem(code: string, endpoint: string): string | undefined {
  const why = certificates.get(code);
  if (why === undefined) return undefined;
  const help = why.includes('authority') || why.includes('itself') ? '; give its authority with --s3-ca' : '';
  return `the certificate of ${endpoint} cannot be trusted: ${why} (${code})${help}`;
}

function statusText(status: number | undefined, error: Error): string | undefined {
  if (status === undefined) return undefined;
  // Any other error is a response that is not from S3.
  if (!('$fault' in error))
    return `the server answered ${status}, not as S3 does; is the endpoint right, http or https?`;
  const said = ['', 'UnknownError'].includes(error.message) ? error.name : `${error.name}: ${error.message}`;
  return `the server answered ${status} ${said.split('\n')[0]}`;
}

/** 5xx, and being asked to slow down or that a request took too long. */
function isTransientStatus(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || status === 429 || status === 408);
}

/** The parts by which errors of the SDK and of the system are told apart. */
function traitsOf(error: Error): { name: string; code: string; status: number | undefined } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const status: unknown =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return { name: error.name, code, status: typeof status === 'number' ? status : undefined };
}
