/**
 * The physics of a message or of sums; undefined where it is null or absent. In a file without schemas, which direct mode
 * does not load.
 */
export function physicsOf<T>({ physics }: { readonly physics?: T | null | undefined }): T | undefined {
  return physics ?? undefined;
}
