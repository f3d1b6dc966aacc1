import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import type { RowTarget, WriteBytes } from './row-target.js';

/** The fastest level: numbers pack well at any. */
const level = 1;

/** A target that packs what another one writes. */
export function gzipTarget(open: (write: WriteBytes) => RowTarget, write: WriteBytes): RowTarget {
  const gzip = createGzip({ level });
  const writing = writeAll(gzip, write);
  // What goes wrong shows at the next row, or at the end.
  let failure: { readonly cause: unknown } | undefined;
  writing.catch((cause: unknown) => {
    failure = { cause };
    gzip.destroy();
  });
  const inner = open(async (bytes) => {
    if (failure !== undefined) throw failure.cause;
    // The stream keeps what it is given.
    if (!gzip.write(new Uint8Array(bytes))) await Promise.race([once(gzip, 'drain'), writing]);
  });
  return {
    name: inner.name,
    limits: inner.limits,
    add: (rows, misfit) => inner.add(rows, misfit),
    finish: async () => {
      await inner.finish();
      gzip.end();
      await writing;
    },
  };
}

async function writeAll(packed: AsyncIterable<Uint8Array>, write: WriteBytes): Promise<void> {
  for await (const bytes of packed) await write(bytes);
}
