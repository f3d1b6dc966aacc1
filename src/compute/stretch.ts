/**
 * Rows that a hot loop takes in one call. Few, because the engine compiles a function well only after it has run for a
 * while: a function that is called again is replaced at its next call, one that loops on has to be replaced on the way,
 * by code that knows nothing of what comes after the loop and is thrown away there.
 */
export const stretchRows = 1024;
