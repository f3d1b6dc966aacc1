import { type ObjectState, type ObjectTest, returnHeight, type StandingAlarm } from './object-test.js';

/** What a test says of an object, and why. */
export interface Explanation extends ObjectState {
  /** Of its alarm. */
  readonly id?: string;
  readonly since?: StandingAlarm['since'];
  /** Evidence of a fault, and the height at which it is an alarm. */
  readonly height: number;
  readonly threshold: number;
  readonly why: string;
}

interface ExplainOptions {
  /** Evidence that makes an alarm. */
  readonly height: number;
  /** The alarm that one is a part of, by ids. */
  readonly partOf: (id: string) => string | undefined;
}

export function explanationOf(test: ObjectTest, { height: threshold, partOf }: ExplainOptions): Explanation {
  const { objectState, standing, height } = test;
  return {
    ...objectState,
    ...(standing && { id: standing.id, since: standing.since }),
    ...{ height, threshold, why: whyOf(test, threshold, standing && partOf(standing.id)) },
  };
}

function whyOf(test: ObjectTest, threshold: number, larger: string | undefined): string {
  const [of, has] = [threshold.toFixed(1), test.height.toFixed(1)];
  if (test.isMasked) return 'masked in the configuration: counted, never in alarm';
  if (test.state === 'ALARM') {
    const part = larger === undefined ? '' : `; part of ${larger}`;
    return `the evidence reached ${of}; that it is over: ${test.returned.toFixed(1)} of ${returnHeight.toFixed(1)}${part}`;
  }
  if (test.why !== undefined) return test.why;
  if (test.state === 'NO_DATA') {
    return `too few data: in the last hour a fault would have given evidence of ${test.hourExpected.toFixed(1)}, and ${of} make an alarm`;
  }
  return `evidence ${has} of the ${of} that make an alarm`;
}
