import type { InputWarning } from './input-error.js';

/** Says of an input how many of its rows only a negative orbit keeps from being hits. */
export function signedOrbitsWarning(name: string, rows: number): InputWarning {
  const have = rows === 1 ? 'row has' : 'rows have';
  const count = rows.toLocaleString('en-US');
  const message = `${name}: ${count} ${have} a negative ORBIT_CNT, as signed 32-bit counters print it: --signed-orbits reads them`;
  return { source: name, message };
}
