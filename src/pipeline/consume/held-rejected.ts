import { DtstreamError } from '../../errors.js';
import type { OutgoingBatch } from '../../transport/transport.js';
import type { LaneChunk } from './lane-reader.js';

/** Rejected rows that are held until the end, at most, and bytes of them: as many as a batch can have. */
const rowsMax = 500_000;
const bytesMax = 256 << 20;

/** The rejected rows of a whole input: they go out with its one transaction. */
export class HeldRejected {
  readonly #records: OutgoingBatch[] = [];
  #bytes = 0;

  /** @throws DtstreamError `limit` when there are too many */
  add({ rejected }: Pick<LaneChunk, 'rejected'>): void {
    for (const { record } of rejected) {
      this.#records.push(record);
      this.#bytes += record.values.length;
    }
    if (this.#records.length <= rowsMax && this.#bytes <= bytesMax) return;
    throw new DtstreamError(
      'limit',
      `cannot hold more than ${rowsMax.toLocaleString('en-US')} rejected rows or ${bytesMax >> 20} MiB of them until the end, ` +
        'as --lateness all does: give a number of orbits as --lateness, or process the input as files (process INPUT)',
    );
  }

  /** All of them, once. */
  take(): OutgoingBatch[] {
    this.#bytes = 0;
    return this.#records.splice(0);
  }
}
