import { InvalidArgumentError } from 'commander';
import type { ReadFrom } from '../../transport/transport.js';

/** Where reading begins. */
export type StartPlace = Exclude<ReadFrom, ReadonlyMap<number, number>>;

/** Parses `earliest`, `latest` or a time: ISO 8601, or ms since 1970. */
export function startPlace(text: string): StartPlace {
  if (text === 'earliest' || text === 'latest') return text;
  const timeMs = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(timeMs)) {
    throw new InvalidArgumentError('must be earliest, latest or a time such as 2026-05-01T12:00:00Z.');
  }
  return { timeMs };
}
