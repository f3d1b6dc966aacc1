import { distance } from 'fastest-levenshtein';

/** ` (did you mean trigger?)` where a known name is near enough, else nothing; case and dashes do not count. */
export function didYouMean(name: string, known: readonly string[]): string {
  const bare = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const nearest = known
    .map((candidate) => ({ candidate, steps: distance(bare(name), bare(candidate)) }))
    .sort((one, other) => one.steps - other.steps)
    .at(0);
  const stepsMax = Math.min(3, Math.max(1, Math.floor(name.length * 0.4)));
  return nearest !== undefined && nearest.steps <= stepsMax ? ` (did you mean ${nearest.candidate}?)` : '';
}
