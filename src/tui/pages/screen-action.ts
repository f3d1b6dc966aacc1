/** What a key of the screen asks for beyond the screen. */
export type ScreenAction =
  | { readonly kind: 'acknowledge'; readonly ids: readonly string[] }
  /** The object of an alarm is known to be bad. */
  | { readonly kind: 'known'; readonly object: string; readonly note: string }
  /** At the moment that is shown where the screen stands still, else now. */
  | { readonly kind: 'mark'; readonly text: string; readonly atMs: number }
  /** A snapshot of what is shown. */
  | { readonly kind: 'save' }
  | { readonly kind: 'report' };
