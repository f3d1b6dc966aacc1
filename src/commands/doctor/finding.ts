import { DtstreamError } from '../../errors.js';

/** How something is: as it should, in a way that may hurt, or so that commands will fail. */
export const findingStates = ['ok', 'warn', 'fail'] as const;

/** The result of a check. */
export interface Finding {
  /** The checked item. */
  readonly check: string;
  readonly state: (typeof findingStates)[number];
  readonly text: string;
  /** What to do about it; there where the state is not ok. */
  readonly advice?: string;
}

export function ok(check: string, text: string): Finding {
  return { check, state: 'ok', text };
}

export function warn(check: string, text: string, advice: string): Finding {
  return { check, state: 'warn', text, advice };
}

export function fail(check: string, text: string, advice: string): Finding {
  return { check, state: 'fail', text, advice };
}

/**
 * The findings of a check, an expected failure of which is one.
 *
 * @param adviceFor what to do, by the message of the failure or the failure itself
 */
export async function guarded(
  check: string,
  adviceFor: (message: string, failure: DtstreamError) => string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof DtstreamError)) throw error;
    return [fail(check, error.message, adviceFor(error.message, error))];
  }
}

/** `12.3 GiB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${(bytes / 2 ** (10 * power)).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
