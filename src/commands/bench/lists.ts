import { InvalidArgumentError } from 'commander';

/** A parser for a flag that takes several values apart by commas, each once. */
export function listOf<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => {
    const parts = text.split(',').map((part) => part.trim());
    if (parts.some((part) => part === '')) throw new InvalidArgumentError('must be values separated by commas.');
    return [...new Set(parts.map(parse))];
  };
}

/** A parser for a word out of a closed set. */
export function oneOf<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidArgumentError(`must be of ${words.join(', ')}.`);
    return word;
  };
}
