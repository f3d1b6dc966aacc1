import { ComputePool } from '../../../src/compute/pool.js';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { defaultGeometry, type Geometry } from '../../../src/domain/geometry.js';
import type { PhysicsPlan } from '../../../src/domain/physics-plan.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import { type DirectOptions, processDirect } from '../../../src/pipeline/direct/direct.js';
import type { ByteSource } from '../../../src/pipeline/direct/loaded-chunks.js';

/** What a pool for direct mode may be asked to be. */
export interface PoolOptions {
  readonly threads?: number;
  readonly shards?: number;
  readonly chunkBytes?: number;
  readonly geometry?: Geometry;
  /** Of the physics to count; default: none. */
  readonly plan?: PhysicsPlan;
}

/** A real pool, by default two threads with a shard each and chunks of 64 KiB; whoever asks for it closes it. */
export function directPool(options: PoolOptions = {}): ComputePool {
  const { threads = 2, shards = threads, chunkBytes = 1 << 16, geometry = defaultGeometry, plan } = options;
  const chambers = geometry.chambers.length;
  const { clock } = geometry;
  return new ComputePool(threads, { wires: wireCodes(geometry), clock, chambers, plan, shards, chunkBytes });
}

/** Bytes in memory as an input. */
export function memorySource(bytes: Uint8Array, format: ByteSource['format'], name = 'memory'): ByteSource {
  let at = 0;
  return {
    name,
    format,
    get bytesDone() {
      return at;
    },
    read: (target) => {
      const part = bytes.subarray(at, at + target.length);
      target.set(part);
      at += part.length;
      return Promise.resolve(part.length);
    },
    close: () => Promise.resolve(),
  };
}

/** The messages of direct mode over inputs, one after the other; by default what `dtstream process` does without flags. */
export async function* directStream(
  inputs: readonly ByteSource[],
  pool: ComputePool,
  options: Partial<DirectOptions> = {},
): AsyncGenerator<BatchMessage> {
  async function* sources(): AsyncGenerator<ByteSource> {
    for (const input of inputs) yield await Promise.resolve(input);
  }
  const stream = processDirect(sources(), pool, {
    geometry: defaultGeometry,
    lateness: 4096,
    batchRows: 100_000,
    detail: 'full',
    producer: 'test/0',
    now: () => 0,
    ...options,
  });
  for await (const { message } of stream) yield message;
}

/** All messages of {@link directStream}. */
export async function directMessages(
  inputs: readonly ByteSource[],
  pool: ComputePool,
  options: Partial<DirectOptions> = {},
): Promise<BatchMessage[]> {
  const messages: BatchMessage[] = [];
  for await (const message of directStream(inputs, pool, options)) messages.push(message);
  return messages;
}
