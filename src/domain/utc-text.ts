/** A moment, in ms since 1970, as `2026-05-01 12:00:04` by UTC. */
export function utcText(ms: number): string {
  return utcOfIso(new Date(ms).toISOString());
}

/** The same of an ISO 8601 time in UTC; text of another form stays a text. */
export function utcOfIso(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
