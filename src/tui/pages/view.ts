import { staleMsDefault } from '../panels/feed.js';

export const pages = ['overview', 'channels', 'orbits'] as const;
export type Page = (typeof pages)[number];

/** The view of the state: everything a frame depends on besides the state, the size and the style. */
export interface View {
  readonly page: Page;
  /** The help page lies over the page. */
  readonly help: boolean;
  /** Set while the display stands still: how many messages the sums took since. */
  readonly frozen: { readonly messagesSince: number } | undefined;
  readonly nowMs: number;
  readonly staleMs: number;
  /** Where messages come from, for the waiting page. */
  readonly source: string;
  /** Board channel of each chamber's first wire, where messages do not say it; a chamber that is not in it is guessed. */
  readonly channelFirst: readonly number[];
}

/** A view with every field filled. */
export function viewOf(fields: Partial<View> & Pick<View, 'nowMs'>): View {
  return {
    page: 'overview',
    help: false,
    frozen: undefined,
    staleMs: staleMsDefault,
    source: 'data_clean',
    channelFirst: [],
    ...fields,
  };
}
