import type { RemoteObject, RemoteReadOptions } from '../remote-object.js';
import type { RangeSource } from './object-fetch.js';
import { ObjectReader } from './object-reader.js';
import { type S3Location, s3Name } from './s3-location.js';
import type { S3Store } from './s3-store.js';

/** An object of a listing, as an input. */
export class S3Object implements RemoteObject {
  readonly #source: RangeSource;
  #begun: { readonly reader: ObjectReader; readonly signal: AbortSignal | undefined } | undefined;

  /** @param object.size as it was listed */
  constructor(store: S3Store, object: S3Location & { readonly size: number }) {
    this.#source = {
      name: s3Name(object),
      size: object.size,
      get: (range, version, signal) => store.get({ ...object, version }, range, signal),
      explain: (error) => store.explain(error),
    };
  }

  prefetch(options: RemoteReadOptions): void {
    this.#begun ??= { reader: new ObjectReader(this.#source, 0, options), signal: options.signal };
  }

  drop(): void {
    void this.#begun?.reader.close();
    this.#begun = undefined;
  }

  open(offset: number, options: RemoteReadOptions): ObjectReader {
    const begun = this.#begun;
    if (begun !== undefined && offset === 0 && begun.signal === options.signal) {
      this.#begun = undefined;
      return begun.reader;
    }
    this.drop();
    return new ObjectReader(this.#source, offset, options);
  }
}
