/** Reports how many rows would be hits except for a negative orbit. */
export function signedOrbitsText(rows: number): string {
  const have = rows === 1 ? 'row has' : 'rows have';
  const count = rows.toLocaleString('en-US');
  return `${count} ${have} a negative ORBIT_CNT, like a counter printed as a signed 32-bit number: use --signed-orbits`;
}
