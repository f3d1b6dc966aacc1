import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { DtstreamError } from '../errors.js';

/**
 * The folder in which this program may keep what it can make again, by the custom of the platform.
 *
 * @throws DtstreamError `config` when neither the environment nor the system name one
 */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const { XDG_CACHE_HOME = '', LOCALAPPDATA = '' } = env;
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'dtstream');
  if (platform === 'win32' && isAbsolute(LOCALAPPDATA)) return join(LOCALAPPDATA, 'dtstream', 'cache');
  return join(home(), ...(platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']), 'dtstream');
}

function home(): string {
  let path = '';
  let cause: unknown;
  try {
    path = homedir();
  } catch (error) {
    cause = error;
  }
  if (isAbsolute(path)) return path;
  throw new DtstreamError('config', 'cannot find a folder to unpack into: HOME or XDG_CACHE_HOME must name one', {
    cause,
  });
}
