/** Rows of a chunk between two notes of its largest orbit: few enough that a cut within finds it quickly. */
export const stretchRows = 1024;
