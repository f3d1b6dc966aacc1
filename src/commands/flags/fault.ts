import { Option } from 'commander';

/** `--fault`: what goes wrong, and when. */
export function faultFlag(): Option {
  return new Option(
    '--fault <kind:args@start[-end],…>',
    'faults at times in seconds of the detector, such as dead:1:37@700; kinds: docs/simulator.md; repeatable',
  ).argParser((text, before?: string) => (before === undefined ? text : `${before},${text}`));
}
