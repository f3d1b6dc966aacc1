import { DtstreamError } from '../../errors.js';
import { type WarnInput, inputError } from '../input-error.js';
import { compareNaturally } from '../files/natural-order.js';
import { type S3Location, parseS3Location, s3Name } from './s3-location.js';
import { S3Object } from './s3-object.js';
import { type S3Options } from './s3-client.js';
import type { S3Entry } from './list-pages.js';
import { S3Store } from './s3-store.js';
import type { InputFile } from '../input-file.js';

/** Objects of one input, at most: their names are kept. */
const objectsMax = 1_000_000;

/** Finds objects on one server. */
export class S3Inputs {
  readonly #options: S3Options;
  readonly #warn: WarnInput;
  readonly #signal: AbortSignal | undefined;
  #store: Promise<S3Store> | undefined;

  constructor(options: S3Options, told: { readonly warn: WarnInput; readonly signal: AbortSignal | undefined }) {
    this.#options = options;
    this.#warn = told.warn;
    this.#signal = told.signal;
  }

  /**
   * The objects behind an `s3://bucket/prefix`, in natural order: the one of exactly this key, else all whose keys begin
   * with it, those in folders inside too, hidden ones and the markers of empty folders not.
   *
   * @throws DtstreamError `input` when there are none or the server says no, within 15 s; `usage` for what can't be a
   *   bucket; `config` as `openS3Client`
   */
  async expand(input: string): Promise<readonly InputFile[]> {
    const location = parseS3Location(input);
    this.#store ??= S3Store.open(this.#options, (message) => this.#warn({ source: input, message }));
    const store = await this.#store;
    const entries = await find(store, location, this.#signal);
    if (entries.length === 0) throw inputError(input, nothingFound(location));
    const files = entries
      .map(({ key, size, etag }): InputFile => {
        const object = { bucket: location.bucket, key, size };
        const version = etag === undefined ? {} : { etag };
        return { kind: 's3', name: s3Name(object), bytesTotal: size, ...version, object: new S3Object(store, object) };
      })
      .toSorted((one, other) => compareNaturally(one.name, other.name));
    const twice = files.find(({ name }, index) => index > 0 && name === files[index - 1].name);
    if (twice !== undefined) throw inputError(input, `the server's list has ${twice.name} twice`);
    return files;
  }
}

async function find(
  store: S3Store,
  location: S3Location,
  signal: AbortSignal | undefined,
): Promise<readonly S3Entry[]> {
  const { key } = location;
  const found: S3Entry[] = [];
  try {
    for await (const page of store.list(location, signal)) {
      const [first] = page;
      // The key itself comes before all that are longer.
      if (first?.key === key && !key.endsWith('/')) return [first];
      found.push(...page.filter((entry) => isData(entry.key, key)));
      if (found.length > objectsMax)
        throw inputError(s3Name(location), `it stands for more than ${objectsMax} objects`);
    }
    return found;
  } catch (error) {
    // Without the right to list, an object may still be readable by its name.
    const isNamed = key !== '' && !key.endsWith('/');
    const named = isNamed && isRefused(error) ? await store.find(location, signal).catch(() => undefined) : undefined;
    if (named === undefined) throw error;
    return [named];
  }
}

function isData(key: string, prefix: string): boolean {
  const rest = key.slice(prefix.length);
  const isHidden = rest.includes('/.') || (rest.startsWith('.') && /(^|\/)$/.test(prefix));
  return !isHidden && !key.endsWith('/');
}

function isRefused(error: unknown): boolean {
  return error instanceof DtstreamError && error.cause instanceof Error && error.cause.name === 'AccessDenied';
}

function nothingFound({ key }: S3Location): string {
  if (key === '') return 'the bucket holds no objects';
  const hint = /[*?{[]/.test(key) ? '; S3 inputs have no globs: a prefix stands for all keys that begin with it' : '';
  return `no key in the bucket begins with ${key}${hint}`;
}
