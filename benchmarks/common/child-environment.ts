/**
 * The environment of programs that are measured: that of this process, without what would change the figures.
 *
 * `NODE_EXTRA_CA_CERTS`: Node 20 reads the certificates of that file at every start, also without a connection. The 30 ms
 * are those of the machine's settings, not of a program. `DTSTREAM_…`: what the command line says is meant.
 */
export function childEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => name !== 'NODE_EXTRA_CA_CERTS' && !name.startsWith('DTSTREAM_')),
  );
}

/** What a section says of it. */
export const environmentText =
  'Programs are started without `NODE_EXTRA_CA_CERTS`, which Node 20 reads at every start.';
