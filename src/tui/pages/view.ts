import { defaultGeometry, orbitNsOf } from '../../domain/geometry.js';
import type { About } from '../text/head-lines.js';

export const pages = ['overview', 'channels', 'orbits'] as const;
export type Page = (typeof pages)[number];

/** The view of the state: everything a frame depends on besides the state, the size and the style. */
export interface View {
  readonly page: Page;
  /** The help page lies over the page. */
  readonly help: boolean;
  /** What a key did that has no place of its own, or that it means nothing; safe to print. */
  readonly said: string | undefined;
  /** Set while the display stands still: how many messages the sums took since. */
  readonly frozen: { readonly messagesSince: number } | undefined;
  readonly nowMs: number;
  /** Where messages come from, and who shows them. */
  readonly about: About;
  /** Board channel of each chamber's first wire, where messages do not say it; a chamber that is not in it is guessed. */
  readonly channelFirst: readonly number[];
}

/** A view with every field filled. */
export function viewOf(fields: Partial<View> & Pick<View, 'nowMs'>): View {
  return {
    page: 'overview',
    help: false,
    said: undefined,
    frozen: undefined,
    about: { version: 'unknown', source: 'data_clean', orbitNs: orbitNsOf(defaultGeometry.clock) },
    channelFirst: [],
    ...fields,
  };
}
