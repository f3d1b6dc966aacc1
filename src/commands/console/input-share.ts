import type { InputFile } from '../../sources/input-file.js';

/** How much of all files is done, by bytes on disk; unknown as soon as one size is. */
export function inputShare(files: readonly InputFile[]): (source: object, bytesDone: number) => number | undefined {
  const sizes = files.map(({ bytesTotal }) => bytesTotal);
  const known = sizes.filter((size) => size !== undefined);
  const total = known.reduce((sum, size) => sum + size, 0);
  let current: object | undefined;
  let index = -1;
  let before = 0;
  return (source, bytesDone) => {
    if (source !== current) {
      before += sizes[index] ?? 0;
      current = source;
      index++;
    }
    return known.length === files.length && total > 0 ? (before + bytesDone) / total : undefined;
  };
}
