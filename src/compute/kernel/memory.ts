/** The first byte that the caller may use; everything before is the module's own. */
export function firstFree(): usize {
  return __heap_base;
}
