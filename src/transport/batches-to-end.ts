import type { LogReader, PartitionState, RecordBatch } from './transport.js';

const readBytes = 4 << 20;
const waitMs = 1000;

/**
 * Reads up to the end that the topic has at the start, in order within each partition.
 *
 * @param options.onBounds told of what there is to read; `signal` ends the reading early
 */
export async function* batchesToEnd(
  reader: LogReader,
  {
    onBounds,
    signal,
  }: { readonly onBounds?: (bounds: readonly PartitionState[]) => void; readonly signal?: AbortSignal } = {},
): AsyncGenerator<RecordBatch> {
  const bounds = await reader.bounds();
  onBounds?.(bounds);
  const isBehind = (): boolean => bounds.some(({ partition, end }) => (reader.positions().get(partition) ?? end) < end);
  while (isBehind() && signal?.aborted !== true) {
    yield* await reader.read({ bytesMax: readBytes, waitMs, ...(signal !== undefined && { signal }) });
  }
}
