/** Flags that most commands have, and whether a value follows. */
const globalFlags: ReadonlyMap<string, boolean> = new Map([
  ['--brokers', true],
  ['--broker-wait', true],
  ['--store', true],
  ['--config', true],
  ['--log-format', true],
  ['--quiet', false],
]);

/**
 * The words of a command line with the global flags before the command put behind it, where the command knows them:
 * `--store log topics` is `topics --store log`.
 */
export function hoistGlobalFlags(words: readonly string[]): string[] {
  let at = 0;
  while (at < words.length) {
    const takesValue = globalFlags.get(words[at].replace(/=.*$/s, ''));
    if (takesValue === undefined) break;
    at += takesValue && !words[at].includes('=') ? 2 : 1;
  }
  const rest = words.slice(at);
  const end = rest.indexOf('--');
  return end < 0
    ? [...rest, ...words.slice(0, at)]
    : [...rest.slice(0, end), ...words.slice(0, at), ...rest.slice(end)];
}
