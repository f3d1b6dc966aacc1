/** Made when first needed: that takes longer than to sort a thousand names. */
let collator: Intl.Collator | undefined;

/** Orders paths as people count: folder by folder, and `data_2` before `data_10`. A total order. */
export function compareNaturally(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true });
  const [aParts, bParts] = [a.split('/'), b.split('/')];
  for (let index = 0; index < Math.min(aParts.length, bParts.length); index++) {
    const order = collator.compare(aParts[index], bParts[index]);
    if (order !== 0) return order;
  }
  if (aParts.length !== bParts.length) return aParts.length - bParts.length;
  // Names that differ in zeros only, such as data_01 and data_1.
  return a < b ? -1 : Number(a > b);
}
