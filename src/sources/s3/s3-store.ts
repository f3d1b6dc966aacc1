import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectsV2Command,
  NotFound,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isAbortOf } from '../../is-abort-of.js';
import { inputError } from '../input-error.js';
import { S3AnswerError, replaced, s3Problem } from './s3-error.js';
import { type S3Options, answerMsMax, openS3Client } from './s3-client.js';
import { type S3Location, s3Name } from './s3-location.js';

/** An object as a listing knows it. */
export interface S3Entry {
  readonly key: string;
  readonly size: number;
}

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

  private constructor(place: string, client: S3Client) {
    this.place = place;
    this.#client = client;
  }

  /**
   * @param warn told what the SDK has to say, as of credentials that contradict each other
   * @throws DtstreamError `config` as {@link openS3Client}
   */
  static async open(options: S3Options, warn: (message: string) => void): Promise<S3Store> {
    const client = await openS3Client(options, warn);
    const place = options.endpoint ?? `S3 in ${await client.config.region()}`;
    return new S3Store(place, client);
  }

  /**
   * The objects whose keys begin with the key of the location, page by page, in the order of their bytes.
   *
   * @throws DtstreamError `input`, at the latest 15 s after a page was asked for
   */
  async *list(location: S3Location, signal?: AbortSignal): AsyncGenerator<readonly S3Entry[], void, undefined> {
    let token: string | undefined;
    do {
      const page = await this.#ask(location, signal, (abortSignal) =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: location.bucket,
            Prefix: location.key,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
          { abortSignal },
        ),
      );
      // A page of another server parses as one that is empty.
      if (page.Name === undefined && page.IsTruncated === undefined) {
        throw inputError(s3Name(location), `${this.place} does not answer as a server of S3 does`);
      }
      yield (page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, size: Size }));
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /**
   * The object of exactly this key; undefined where there is none.
   *
   * @throws DtstreamError `input` as {@link list}
   */
  async find(location: S3Location, signal?: AbortSignal): Promise<S3Entry | undefined> {
    const found = await this.#ask(location, signal, (abortSignal) =>
      this.#client
        .send(new HeadObjectCommand({ Bucket: location.bucket, Key: location.key }), { abortSignal })
        .catch((error: unknown) => {
          if (error instanceof NotFound) return undefined;
          throw error;
        }),
    );
    return found && { key: location.key, size: found.ContentLength ?? 0 };
  }

  /**
   * Asks for a stretch of an object.
   *
   * @param object.size that it must still have
   * @param object.version that it must still be, where one is known
   * @throws what {@link s3Problem} explains
   */
  async get(
    object: S3Location & { readonly size: number; readonly version: string | undefined },
    range: ByteRange,
    signal: AbortSignal,
  ): Promise<RangeAnswer> {
    const { version } = object;
    const input: GetObjectCommandInput = {
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
      const problem = timeout ?? s3Problem(error, this.place)?.text;
      if (problem === undefined) throw error;
      throw inputError(s3Name(location), problem, error);
    }
  }
}

/** What is wrong with the `Content-Range` of an answer. */
function faultOf(asked: { answered: string | undefined; range: ByteRange; size: number }): string | undefined {
  const { answered = '', range, size } = asked;
  const [, first, last, sizeNow] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answered) ?? [];
  if (sizeNow !== undefined && Number(sizeNow) !== size) return replaced;
  if (Number(first) === range.first && Number(last) === range.last) return undefined;
  return `the server must give bytes ${range.first}-${range.last} when asked for them, got ${answered || 'another answer'}`;
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error('aborted', { cause: signal.reason }));
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
