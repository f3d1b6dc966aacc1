/** Live time of the detector that a reference must have, and from which on more helps little, in s. */
export const liveMinS = 60;
export const liveAdvisedS = 600;
