/** The part of jstat that is used here; the package brings no types. */
declare module 'jstat' {
  const jStat: {
    /** Error function, to 1e-15. */
    erf(x: number): number;
    /** Where the regularised incomplete beta function with parameters a and b is p: the quantile of a beta distribution. */
    ibetainv(p: number, a: number, b: number): number;
    /** Where the regularised lower incomplete gamma function with parameter a is p: the quantile of a gamma distribution. */
    gammapinv(p: number, a: number): number;
  };
  export = jStat;
}
