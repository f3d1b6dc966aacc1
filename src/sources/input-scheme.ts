import { DtstreamError } from '../errors.js';

/**
 * An input in the one spelling that the rest of the program knows: `S3://`, `s3a://` and `s3n://` as `s3://`,
 * `file:///data/run.csv` as its path, anything else as it is.
 *
 * @throws DtstreamError `usage` for a `file://` of another machine, or with a `%` that is no escape
 */
export function normalInput(input: string): string {
  if (namesS3(input)) return input.replace(/^[^:]*/, 's3');
  if (!/^file:\/\//i.test(input)) return input;
  const [, host, path] = /^file:\/\/([^/]*)(.*)$/is.exec(input) ?? [];
  if (host !== '' && host.toLowerCase() !== 'localhost') {
    throw new DtstreamError('usage', `cannot read ${input}: a file:// URL must name a local file, got host ${host}`);
  }
  if (path === '') throw new DtstreamError('usage', `cannot read ${input}: a file:// URL must have a path`);
  return unescaped(path, input);
}

/** Whether an input names objects in S3, in any spelling. */
export function namesS3(input: string): boolean {
  return /^s3[an]?:\/\//i.test(input);
}

/** What `file:/data/run.csv` or `file:run.csv` names, where nothing is called that itself; undefined for all else. */
export function pathOfFileUrl(input: string): string | undefined {
  const [, path] = /^file:(.+)$/is.exec(input) ?? [];
  return path === undefined ? undefined : unescaped(path, input);
}

/**
 * Refuses an input that names a service which is not read from, by its scheme.
 *
 * @throws DtstreamError `usage` that says how to read it all the same
 */
export function refuseScheme(input: string): void {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input) ?? [];
  if (scheme === undefined) return;
  const shown = withoutSecrets(input);
  const advice = advices.find(({ schemes }) => schemes.includes(scheme.toLowerCase()))?.advice(shown);
  const how = advice ?? 'copy it to a file, or pipe it to dtstream process -';
  throw new DtstreamError('usage', `cannot read ${shown}: inputs are paths, - or s3:// URLs, got ${scheme}://; ${how}`);
}

interface SchemeAdvice {
  readonly schemes: readonly string[];
  readonly advice: (input: string) => string;
}

const advices: readonly SchemeAdvice[] = [
  { schemes: ['http', 'https', 'ftp', 'ftps'], advice: (input) => `use curl -fsS ${input} | dtstream process -` },
  {
    schemes: ['gs'],
    advice: (input) => `use gcloud storage cat ${input} | dtstream process -`,
  },
  { schemes: ['hdfs', 'webhdfs', 'viewfs'], advice: (input) => `use hdfs dfs -cat ${input} | dtstream process -` },
  { schemes: ['root', 'roots', 'xroot', 'xroots'], advice: (input) => `use xrdcp ${input} - | dtstream process -` },
];

/** Bytes of a path that are not UTF-8 become U+FFFD, as those of an argument do: `findUndecoded` finds them. */
function unescaped(path: string, input: string): string {
  const wrong = /%(?![0-9a-f]{2})|%00/i.exec(path);
  if (wrong !== null) {
    const got = path.slice(wrong.index, wrong.index + 3);
    throw new DtstreamError('usage', `cannot read ${input}: a % must start an escape such as %20, got ${got}`);
  }
  const bytes = path.replace(/%([0-9a-f]{2})|[^%]+/gi, (part, hex: string | undefined) =>
    hex === undefined ? Buffer.from(part).toString('latin1') : String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** A URL without what gives access: the user with the password, and the signature in the query. */
function withoutSecrets(url: string): string {
  return url.replace(/(:\/\/)[^/?#]*@/, '$1').replace(/[?#].*$/s, '');
}
