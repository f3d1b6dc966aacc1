import { readdir, stat } from 'node:fs/promises';
import { EmptyInputError, inputError, systemProblem, type WarnInput } from '../input-error.js';
import { compareNaturally } from './natural-order.js';
import { joinRaw, type RawPath, shownPath } from './raw-path.js';

/** Names of files that a folder stands for. */
const dataName = /^[^.][^]*\.(csv|tsv|txt|dat)(\.(gz|zst))?$/i;
/** For messages. */
const dataNames = '.csv, .tsv, .txt or .dat';
const packedNames = 'plain, .gz or .zst';

/** Files that lie beside data and hold none: they are left out without a word. JSON lines may be rows, or messages of ours. */
const companion =
  /(\.(md|rst|log|json|ya?ml|toml|ini|cfg|conf|xml|html?|pdf|png|jpe?g|gif|svg|eps|py|pyc|ipynb|sh|c|cc|cpp|h|hpp|ts|js|md5|sha1|sha256|sha512|sum|tmp|lock|pid)|~)$|^(readme|licen[cs]e|makefile|changelog|notes)$/i;

const namesShownMax = 5;

/**
 * The files of a folder whose names say that they hold hits; hidden ones and folders inside are left out. Other files
 * that may hold data are named in one warning.
 *
 * @throws DtstreamError `input` when it cannot be listed, or holds no such file
 */
export async function listFolder(folder: RawPath, warn: WarnInput | undefined): Promise<readonly RawPath[]> {
  const entries = await readdir(folder, { encoding: 'buffer', withFileTypes: true }).catch((cause: unknown) => {
    throw inputError(shownPath(folder), systemProblem(cause), cause);
  });
  const data: RawPath[] = [];
  const others: string[] = [];
  for (const entry of entries) {
    const path = joinRaw(folder, entry.name);
    const name = entry.name.toString('latin1');
    if (dataName.test(name)) {
      if (!entry.isDirectory()) data.push(path);
    } else if (!name.startsWith('.') && !companion.test(name)) {
      const isFile = entry.isSymbolicLink()
        ? await stat(path).then(
            (found) => found.isFile(),
            () => false,
          )
        : entry.isFile();
      if (isFile) others.push(shownPath(entry.name));
    }
  }
  const leftOut = namesText(others.toSorted(compareNaturally));
  if (data.length === 0) {
    const has = others.length === 0 ? '' : `; ignored: ${leftOut}`;
    throw new EmptyInputError(
      shownPath(folder),
      `the directory itself holds no ${dataNames} file, ${packedNames}${has}`,
    );
  }
  if (others.length > 0) {
    const rule = `a directory stands for its ${dataNames} files, ${packedNames}; name others to read them`;
    const message = `${shownPath(folder)}: ignored ${leftOut}; ${rule}`;
    warn?.({ source: shownPath(folder), message });
  }
  return data;
}

function namesText(names: readonly string[]): string {
  const more = names.length - namesShownMax;
  return names.slice(0, namesShownMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
