/** How much physics a message says: nothing, counts and drift times, or also segments and efficiencies. */
export const physicsModes = ['off', 'counts', 'full'] as const;
export type PhysicsMode = (typeof physicsModes)[number];

/** What times and segments are measured with; docs/physics.md says what every number means. */
export interface PhysicsSettings {
  /** What drift times of segments are measured from; `auto` = the trigger where a chamber has one, else the chambers. */
  time: 'trigger' | 'chambers' | 'auto';
  /** First and last drift time of a hit that is in time, in ns. */
  inTimeNs: [first: number, last: number];
  /** TDC counts in a bin of the drift-time histogram. */
  ticksBin: number;
  bins: number;
  /** Drift time at which the histogram begins, in ns. */
  driftFromNs: number;
  /** Most empty slots in a row that are live time; default: those of 5 s. */
  gapSlots?: number | undefined;
  segments: {
    /** Error of a hit's position, in mm: a whole number of um. */
    sigmaXMm: number;
    /** Largest chi2 of a segment of four and of three hits. */
    chi2Four: number;
    chi2Three: number;
    /** Largest slope of a segment, either way. */
    slopeMax: number;
  };
  /** Entries of the drift-time histogram that a fit of its edges takes. */
  boxEntries: number;
}

export const defaultPhysics: PhysicsSettings = {
  time: 'auto',
  inTimeNs: [-20, 420],
  ticksBin: 3,
  bins: 400,
  driftFromNs: -250,
  segments: { sigmaXMm: 0.3, chi2Four: 20, chi2Three: 10, slopeMax: 1 },
  boxEntries: 5000,
};
