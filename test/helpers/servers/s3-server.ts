import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** A real S3 server on loopback, of scripts/s3/server.mjs. */
export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
  /** PEM file of the authority of its certificate, with TLS. */
  readonly caFile: string | undefined;
  readonly logFile: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A key and its secret. */
export interface S3User {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface S3Scripts {
  readonly startS3: (options?: { tls?: boolean }) => Promise<S3Server>;
  readonly missingTools: () => string | undefined;
  readonly testUsers: { readonly admin: S3User; readonly reader: S3User; readonly guest: S3User };
}

// On Node 20 the SDK says at its first use that it will need a later one.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const script = (name: string): string => fileURLToPath(new URL(`../../../../scripts/s3/${name}`, import.meta.url));
const { startS3 } = (await import(script('server.mjs'))) as Pick<S3Scripts, 'startS3'>;
const { missingTools } = (await import(script('install.mjs'))) as Pick<S3Scripts, 'missingTools'>;
const { testUsers } = (await import(script('settings.mjs'))) as Pick<S3Scripts, 'testUsers'>;

export { startS3, testUsers };

const missing = missingTools();
if (missing !== undefined && process.env.CI === 'true') {
  throw new Error(`in CI the tests with a real S3 server must run, but ${missing}`);
}

/** Why tests with a real S3 server are skipped here, false when they run. */
export const skipS3: string | false = missing === undefined ? false : `no S3 server here: ${missing}`;

/** What the program finds a user by. */
export function s3Env({ accessKeyId, secretAccessKey }: S3User): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_EC2_METADATA_DISABLED: 'true' };
}

/** Fills buckets of a server as its administrator. */
export class S3Filler {
  readonly #client: S3Client;

  constructor({ endpoint, caFile }: S3Server) {
    const tls = caFile === undefined ? {} : { httpsAgent: { ca: readFileSync(caFile) } };
    this.#client = new S3Client({
      endpoint,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: testUsers.admin,
      requestHandler: tls,
    });
  }

  async bucket(name: string): Promise<void> {
    await this.#client.send(new CreateBucketCommand({ Bucket: name }));
  }

  async put(bucket: string, key: string, content: Uint8Array | string): Promise<void> {
    const bytes = Buffer.from(content);
    await this.#client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentLength: bytes.length }),
    );
  }

  /** One object of as many parts, all of the same bytes, of which there must be 5 MiB at least. */
  async putRepeated(
    bucket: string,
    key: string,
    part: { readonly bytes: Uint8Array; readonly count: number },
  ): Promise<void> {
    const object = { Bucket: bucket, Key: key };
    const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(object));
    const parts: { ETag: string | undefined; PartNumber: number }[] = [];
    const upload = async (): Promise<void> => {
      while (parts.length < part.count) {
        const entry: (typeof parts)[number] = { ETag: undefined, PartNumber: parts.length + 1 };
        parts.push(entry);
        const request = { ...object, UploadId, PartNumber: entry.PartNumber, Body: part.bytes };
        entry.ETag = (await this.#client.send(new UploadPartCommand(request))).ETag;
      }
    };
    await Promise.all([upload(), upload()]);
    await this.#client.send(
      new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts: parts } }),
    );
  }

  close(): void {
    this.#client.destroy();
  }
}
