import { Command } from 'commander';
import { addLogFlags } from './flags/log.js';
import { addGlobalFlags } from './flags/common.js';

/**
 * The words of a command line with the global flags before the command put behind it, where the command knows them:
 * `--store log topics` is `topics --store log`.
 */
export function hoistGlobalFlags(words: readonly string[]): readonly string[] {
  if (words.length === 0 || !words[0].startsWith('-')) return words;
  const { options } = addGlobalFlags(addLogFlags(new Command()));
  let at = 0;
  while (at < words.length) {
    const flag = options.find(({ long }) => long === words[at].replace(/=.*$/s, ''));
    if (flag === undefined) break;
    at += flag.required && !words[at].includes('=') ? 2 : 1;
  }
  const [before, rest] = [words.slice(0, at), words.slice(at)];
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
  return [...rest.slice(0, end), ...before, ...rest.slice(end)];
}
