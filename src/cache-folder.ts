import { lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder in which this program may keep what it can make again, by the custom of the platform; undefined when
 * neither the environment nor the system name one.
 */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  const { XDG_CACHE_HOME = '', LOCALAPPDATA = '' } = env;
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'dtstream');
  if (platform === 'win32' && isAbsolute(LOCALAPPDATA)) return join(LOCALAPPDATA, 'dtstream', 'cache');
  const home = homeFolder();
  return isAbsolute(home)
    ? join(home, ...(platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']), 'dtstream')
    : undefined;
}

/**
 * Whether only this user (or root) can have put code into a folder. Windows keeps its folders private by itself.
 *
 * @throws Error of the system, as when there is no such folder
 */
export function isPrivateFolder(path: string): boolean {
  const { uid, mode } = lstatSync(path);
  const user = process.getuid?.();
  return user === undefined || ((uid === user || uid === 0) && (mode & 0o022) === 0);
}

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}
