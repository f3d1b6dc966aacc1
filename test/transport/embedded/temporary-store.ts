import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new, empty directory, and a way to remove it. */
export function temporaryDir(): { readonly dir: string; readonly remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-log-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
