import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder with the given files, by path inside it, that goes when the test ends. */
export function tempFolder(context: TestContext, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'dtstream-sources-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** The path of a new named pipe that goes when the test ends. */
export function tempPipe(context: TestContext): string {
  const path = join(tempFolder(context), 'pipe');
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
  return path;
}
