import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectsCommand,
  type ListObjectsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  NotFound,
  type RequestPayer,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isAbortOf, untilAborted } from '../../abort.js';
import { inputError } from '../input-error.js';
import { type AnsweredPage, listPages, type PageStart, type S3Entry } from './list-pages.js';
import { S3AnswerError, type S3Problem, replaced, s3Problem } from './s3-error.js';
import { type S3Options, answerMsMax, openS3Client } from './s3-client.js';
import { type S3Location, s3Name } from './s3-location.js';

/** A stretch of an object, both bytes included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** An answer to a request for a stretch of an object. */
export interface RangeAnswer {
  /** What tells this version of the object from others; undefined where the server says nothing. */
  readonly version: string | undefined;
  /** Ends after the stretch, or breaks off. */
  readonly body: Readable;
}

/** A server of S3: the only part of the program that sends it requests. */
export class S3Store {
  /** The server, for messages. */
  readonly place: string;
  readonly #client: S3Client;
  readonly #isAnonymous: boolean;
  /** Payer, in every request. */
  readonly #payer: { readonly RequestPayer?: RequestPayer };

  private constructor(place: string, client: S3Client, { isAnonymous = false, requesterPays = false }: S3Options) {
    this.place = place;
    this.#client = client;
    this.#isAnonymous = isAnonymous;
    this.#payer = requesterPays ? { RequestPayer: 'requester' } : {};
  }

  /**
   * @param warn told what the SDK has to say, as of credentials that contradict each other
   * @throws DtstreamError `config` as {@link openS3Client}
   */
  static async open(options: S3Options, warn: (message: string) => void): Promise<S3Store> {
    const client = await openS3Client(options, warn);
    const place = options.endpoint ?? `S3 in ${await client.config.region()}`;
    return new S3Store(place, client, options);
  }

  /**
   * The objects whose keys begin with the key of the location, page by page: as a rule in the order of their bytes.
   *
   * @throws DtstreamError `input`, at the latest 15 s after a page was asked for
   */
  async *list(location: S3Location, signal?: AbortSignal): AsyncGenerator<readonly S3Entry[], void, undefined> {
    const ask = async (start: PageStart): Promise<AnsweredPage> => {
      const page = await this.#ask(location, signal, (abortSignal) => this.#page(location, start, abortSignal));
      // A page of another server parses as one that is empty.
      if (page.Name === undefined && page.IsTruncated === undefined) {
        throw new S3AnswerError(`${this.place} does not answer as a server of S3 does`, { isTransient: false });
      }
      return answeredPage(page, location.key);
    };
    try {
      yield* listPages(ask);
    } catch (error) {
      if (error instanceof S3AnswerError) throw inputError(s3Name(location), error.message, error);
      throw error;
    }
  }

  /**
   * The object of exactly this key; undefined where there is none.
   *
   * @throws DtstreamError `input` as {@link list}
   */
  async find(location: S3Location, signal?: AbortSignal): Promise<S3Entry | undefined> {
    const found = await this.#ask(location, signal, (abortSignal) =>
      this.#client
        .send(new HeadObjectCommand({ ...this.#payer, Bucket: location.bucket, Key: location.key }), { abortSignal })
        .catch((error: unknown) => {
          if (error instanceof NotFound) return undefined;
          throw error;
        }),
    );
    // Some servers have a folder's marker under its name without the slash.
    if (found === undefined || (found.ContentLength === 0 && isFolderType(found.ContentType))) return undefined;
    if (found.ContentLength === undefined) throw inputError(s3Name(location), 'the server does not say its size');
    const { ETag } = found;
    return { key: location.key, size: found.ContentLength, ...(ETag !== undefined && { etag: ETag }) };
  }

  /**
   * Asks for a stretch of an object.
   *
   * @param object.size that it must still have
   * @param object.version that it must still be, where one is known
   * @throws what {@link explain} explains
   */
  async get(
    object: S3Location & { readonly size: number; readonly version: string | undefined },
    range: ByteRange,
    signal: AbortSignal,
  ): Promise<RangeAnswer> {
    const { version } = object;
    const input: GetObjectCommandInput = {
      ...this.#payer,
      Bucket: object.bucket,
      Key: object.key,
      Range: `bytes=${range.first}-${range.last}`,
      // Weak ones never match.
      ...(version?.startsWith('"') === true ? { IfMatch: version } : {}),
    };
    const { Body, ContentRange, ETag } = await this.#client.send(new GetObjectCommand(input), {
      abortSignal: signal,
    });
    const fault = faultOf({ answered: ContentRange, range, size: object.size });
    if (Body instanceof Readable && fault === undefined) return { version: ETag, body: Body };
    if (Body instanceof Readable) Body.destroy();
    throw new S3AnswerError(fault ?? 'the server must give the object as a stream', { isTransient: false });
  }

  /** What went wrong with a request; undefined = not a failure of the server. */
  explain(error: unknown): S3Problem | undefined {
    return s3Problem(error, { endpoint: this.place, isAnonymous: this.#isAnonymous });
  }

  /** Keys are asked for as of a URL: XML has no way to write every character. */
  #page(
    { bucket, key }: S3Location,
    start: PageStart,
    abortSignal: AbortSignal,
  ): Promise<ListObjectsV2CommandOutput | ListObjectsCommandOutput> {
    const input = { ...this.#payer, Bucket: bucket, Prefix: key, EncodingType: 'url' } as const;
    switch (start.way) {
      case 'first':
        return this.#client.send(new ListObjectsV2Command(input), { abortSignal });
      case 'token':
        return this.#client.send(new ListObjectsV2Command({ ...input, ContinuationToken: start.token }), {
          abortSignal,
        });
      case 'start-after':
        return this.#client.send(new ListObjectsV2Command({ ...input, StartAfter: start.key }), { abortSignal });
      case 'marker':
        return this.#client.send(new ListObjectsCommand({ ...input, Marker: start.key }), { abortSignal });
      default:
        return start satisfies never;
    }
  }

  /** Sends a request whose answer has no body to speak of, with a limit in time. */
  async #ask<T>(
    location: S3Location,
    signal: AbortSignal | undefined,
    send: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const late = AbortSignal.timeout(answerMsMax);
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    try {
      // The search for credentials does not listen to the signal.
      return await untilAborted(send(either), either);
    } catch (error) {
      if (isAbortOf(signal, error)) throw inputError(s3Name(location), 'stopped before it was listed', error);
      const timeout = late.aborted ? `no connection to ${this.place}: no answer in time` : undefined;
      const problem = timeout ?? this.explain(error)?.text;
      if (problem === undefined) throw error;
      throw inputError(s3Name(location), problem, error);
    }
  }
}

/** @throws S3AnswerError for a page that is not what was asked for, or has less than it says */
function answeredPage(page: ListObjectsV2CommandOutput | ListObjectsCommandOutput, prefix: string): AnsweredPage {
  const { Contents = [], IsTruncated, EncodingType } = page;
  const keyCount = 'KeyCount' in page ? page.KeyCount : undefined;
  if (keyCount !== undefined && keyCount > Contents.length) {
    throw listFault(`says that a page has ${keyCount} keys, and has ${Contents.length}`);
  }
  const token = 'NextContinuationToken' in page ? page.NextContinuationToken : undefined;
  const entries = Contents.map(({ Key, Size, ETag }): S3Entry => {
    const key = Key !== undefined && EncodingType === 'url' ? decodedKey(Key) : Key;
    if (key === undefined) throw listFault(`has a key that cannot be read: ${Key ?? 'none'}`);
    if (!key.startsWith(prefix)) throw listFault(`must have keys that begin with ${prefix}, got ${key}`);
    if (Size === undefined) throw listFault(`does not say the size of ${key}`);
    return { key, size: Size, ...(ETag !== undefined && { etag: ETag }) };
  });
  return { entries, isTruncated: IsTruncated, token };
}

/** `application/x-directory`, `httpd/unix-directory` */
function isFolderType(type = ''): boolean {
  return /^(application|httpd)\/(x-|unix-)?directory\b/.test(type);
}

/** A key decoded from a URL, where a blank is a `+`; undefined if it is invalid. */
function decodedKey(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function listFault(problem: string): S3AnswerError {
  return new S3AnswerError(`the server's list ${problem}`, { isTransient: false });
}

/** Problem of the `Content-Range` of a response. */
function faultOf(asked: { answered: string | undefined; range: ByteRange; size: number }): string | undefined {
  const { answered = '', range, size } = asked;
  const [, first, last, sizeNow] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answered) ?? [];
  if (sizeNow !== undefined && Number(sizeNow) !== size) return replaced;
  if (Number(first) === range.first && Number(last) === range.last) return undefined;
  return `the server must give bytes ${range.first}-${range.last} when asked for them, got ${answered || 'another answer'}`;
}
