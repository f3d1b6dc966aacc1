import type { RemoteObject } from './remote-object.js';

/** One input that can be opened. */
export type InputFile =
  | { readonly kind: 'stdin'; readonly name: 'stdin'; readonly bytesTotal: undefined }
  | {
      readonly kind: 'file';
      /** The path as given or found, for messages; for opening, too, where there is no {@link path}. */
      readonly name: string;
      /** Its bytes where they are not UTF-8, for opening: see `pathOf`. */
      readonly path?: Buffer;
      /** Size on disk, or undefined for a pipe or device. */
      readonly bytesTotal: number | undefined;
    }
  | {
      readonly kind: 's3';
      /** `s3://bucket/key` */
      readonly name: string;
      readonly bytesTotal: number;
      /** Version of its bytes, where the server says one. */
      readonly etag?: string;
      readonly object: RemoteObject;
    };
