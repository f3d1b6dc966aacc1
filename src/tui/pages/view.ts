import { defaultGeometry, orbitNsOf } from '../../domain/geometry.js';
import type { About } from '../text/head-lines.js';

export const pages = ['overview', 'occupancy', 'activity', 'timing', 'cells', 'health'] as const;
export type Page = (typeof pages)[number];

/** How a page is drawn, as the keys say. */
export interface Choices {
  /** `l`: counts on a logarithmic scale. */
  readonly isLog: boolean;
  /** `y`: what a full bar is: 1.25 times the 95th percentile, the highest bin, or the former over all chambers. */
  readonly scale: 'robust' | 'full' | 'same';
  /** `g`: hits of orbits with a trigger instead of all. */
  readonly isGated: boolean;
  /** `v` on the cells: a rate, or its ratio to the reference. */
  readonly isRatio: boolean;
  /** Up and Down: a chamber, or on the page of health an alarm by its id. */
  readonly chamber: number;
  readonly alarm: string | undefined;
  /** `e`: one panel over the whole page, and the channel whose numbers it says. */
  readonly isEnlarged: boolean;
  readonly channel: number;
}

export const firstChoices: Choices = {
  ...{ isLog: false, scale: 'robust', isGated: false, isRatio: false },
  ...{ chamber: 0, alarm: undefined, isEnlarged: false, channel: 0 },
};

/** The view of the state: everything a frame depends on besides the state, the size and the style. */
export interface View {
  readonly page: Page;
  /** The help page lies over the page. */
  readonly help: boolean;
  readonly choices: Choices;
  /** What a key did that has no place of its own, or that it means nothing; safe to print. */
  readonly said: string | undefined;
  /** Set while the display stands still; collecting goes on. */
  readonly frozen: FrozenView | undefined;
  /** A line that is being typed, in place of the keys. */
  readonly prompt: PromptView | undefined;
  /** The moment that is shown: now, unless the display stands still. */
  readonly nowMs: number;
  /** Where messages come from, and who shows them. */
  readonly about: About;
  /** Board channel of each chamber's first wire, where messages do not say it; a chamber that is not in it is guessed. */
  readonly channelFirst: readonly number[];
}

/** Where a display that stands still is in time. */
export interface FrozenView {
  /** The last moment that is shown, and the oldest one that can be, ms since 1970. */
  readonly atMs: number;
  readonly oldestMs: number;
  /** The moment that it is now. */
  readonly liveMs: number;
  /** Messages since then; they are counted. */
  readonly messagesSince: number;
  /** What `[` and `]` step over there. */
  readonly step: 'message' | 'minute';
}

export interface PromptView {
  /** What is asked for: `mark`, `2:17 is known, note`. */
  readonly label: string;
  /** What ends it: `Enter sets it  Esc back`. */
  readonly keys: string;
  /** Safe to print. */
  readonly text: string;
}

/** A view with every field filled. */
export function viewOf(fields: Partial<View> & Pick<View, 'nowMs'>): View {
  return {
    page: 'overview',
    help: false,
    said: undefined,
    choices: firstChoices,
    frozen: undefined,
    prompt: undefined,
    about: { version: 'unknown', source: 'data_clean', orbitNs: orbitNsOf(defaultGeometry.clock) },
    channelFirst: [],
    ...fields,
  };
}
