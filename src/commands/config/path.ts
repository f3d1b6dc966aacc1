import { existsSync } from 'node:fs';

/** Read by default if it exists. */
const standardPath = './dtstream.yaml';

/** The configuration file in effect: from the flag, the environment or the current folder; undefined without one. */
export function configPath(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): { readonly path: string; readonly from: string } | undefined {
  if (flag !== undefined) return { path: flag, from: '--config' };
  const variable = env.DTSTREAM_CONFIG;
  if (variable !== undefined && variable !== '') return { path: variable, from: 'DTSTREAM_CONFIG' };
  return existsSync(standardPath) ? { path: standardPath, from: 'the current folder' } : undefined;
}
