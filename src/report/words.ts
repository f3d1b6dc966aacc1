/** The words that a report uses, as docs/glossary.md explains them. */
export const reportWords: readonly (readonly [string, string])[] = [
  ['chamber:channel', 'A channel by its chamber and its number within it, 0 to 63.'],
  ['alarm NEW, SEEN', 'It stands at the end; nobody, or somebody, has acknowledged it.'],
  ['alarm KNOWN, GONE', 'Its object is known to be bad; it was over before the end.'],
  ['signs', 'x dead or weak, ^ hot, k known, + and - beyond 3.4 sigma of what is expected, without a verdict.'],
  ['expected', 'By the reference, scaled to the same live time; without one, the median of the cells beside it.'],
  ['dashed line', 'What is expected.'],
  ['live time', 'Time in which the detector could have had a hit: pauses of more than 5 s are left out.'],
  ['orbit', '3564 bunch crossings of 25 ns: 89.1 µs, unless configured otherwise.'],
  ['time box', 'The distribution of drift times; its width tells of gas and high voltage, its start of timing.'],
  ['active channels', 'Distinct channels of a chamber that were hit in one orbit.'],
  ['late hit', 'A hit whose orbit was published before; it counts in hits only.'],
];
