import { existsSync } from 'node:fs';

/** Read without being asked for, where it is there. */
const standardPath = './dtstream.yaml';

/** Which configuration file counts: the flag, the environment, the one in the folder that we are in, or none. */
export function configPath(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): { readonly path: string; readonly from: string } | undefined {
  if (flag !== undefined) return { path: flag, from: '--config' };
  const variable = env.DTSTREAM_CONFIG;
  if (variable !== undefined && variable !== '') return { path: variable, from: 'DTSTREAM_CONFIG' };
  return existsSync(standardPath) ? { path: standardPath, from: 'the folder that we are in' } : undefined;
}
