import { defaultGeometry, type Geometry } from '../domain/geometry.js';
import type { QualityReference } from '../quality/quality-reference.js';
import { BoxWidths } from '../results/box-widths.js';
import { channelStepS, ChannelSteps } from '../results/channel-steps.js';
import type { DashboardState } from '../results/dashboard-state.js';
import type { History, HistoryPlace } from '../results/history.js';
import { MinuteChannels } from '../results/minute-channels.js';
import { RecentFits } from '../results/recent-fits.js';
import type { RateTrend } from '../results/rate-trend.js';
import type { StateTrend } from '../results/state-trend.js';
import { hourSteps } from '../views/detector/channel-hours.js';
import type { ChannelHours, DetectorView, Mark } from '../views/detector/detector-view.js';
import { channelTrend, historyInput } from '../views/detector/history-view.js';
import { makeDetectorView } from '../views/detector/make-detector-view.js';
import { pictureAt } from '../views/detector/picture-at.js';
import { statesView } from '../views/detector/states-view.js';
import type { QualityPicture } from '../views/detector/verdicts.js';
import type { ScreenMode } from './pages/keys.js';
import type { FrozenView } from './pages/view.js';
import { isCurrent } from './panels/frame/feed.js';

/** What is shown besides the messages. */
export interface DetectorSources {
  readonly state: DashboardState;
  readonly history: History;
  /** Of the reader; default: that of the telescope. */
  readonly geometry?: Geometry;
  /** Undefined where nothing is judged; absent = never. */
  readonly quality?: () => QualityPicture | undefined;
  /** Oldest first; absent = none. */
  readonly marks?: () => readonly Mark[];
  readonly reference?: () => QualityReference | undefined;
}

/** What a frame shows: the state and the detector of one moment. */
export interface Shown {
  readonly state: DashboardState;
  readonly detector: DetectorView;
  readonly frozen: FrozenView | undefined;
  readonly nowMs: number;
}

/** Marks that a window may begin at. */
const marksCut = 64;

/** What is shown at which moment: live, or where the screen stands still while collecting goes on. */
export class DashboardTime {
  readonly #boxWidths: BoxWidths;
  readonly #fits = new RecentFits();
  readonly #channels: MinuteChannels;
  readonly #steps: ChannelSteps;
  #frozen:
    | {
        readonly state: DashboardState;
        readonly nowMs: number;
        readonly picture: QualityPicture | undefined;
        /** Where it was frozen, and where it stands now; undefined before the first message. */
        readonly first: HistoryPlace | undefined;
        readonly place: HistoryPlace | undefined;
        /** As it was when the screen got there: messages that come late would make its newest column grow. */
        readonly trend: RateTrend;
        readonly states: StateTrend;
      }
    | undefined;
  /** The last detector, and what it was made of. */
  #made: { readonly of: readonly unknown[]; readonly detector: DetectorView } | undefined;

  constructor(private readonly sources: DetectorSources) {
    this.#boxWidths = new BoxWidths(sources.history, sources.geometry ?? defaultGeometry);
    this.#channels = new MinuteChannels(sources.history);
    this.#steps = new ChannelSteps(sources.history);
  }

  get isFrozen(): boolean {
    return this.#frozen !== undefined;
  }

  /** What is shown stands from now on; the state is copied, history goes on. */
  freeze(nowMs: number): void {
    const { state, history, quality } = this.sources;
    const place = history.newest();
    this.#frozen ??= {
      state: structuredClone(state),
      nowMs,
      picture: quality?.(),
      first: place,
      place,
      trend: history.trend.copy(),
      states: history.states.copy(),
    };
  }

  goLive(): void {
    this.#frozen = undefined;
  }

  /** To another moment of what is kept. */
  move(by: { readonly step: 'message' | 'minute'; readonly direction: -1 | 1 } | 'oldest'): void {
    const { history } = this.sources;
    if (this.#frozen?.place === undefined) return;
    const place = by === 'oldest' ? history.oldest() : history.beside(this.#frozen.place, by);
    this.#frozen = { ...this.#frozen, place, trend: history.trend.copy(), states: history.states.copy() };
  }

  /** The moment that is shown, ms since 1970. */
  atMs(nowMs: number): number {
    return this.#frozen === undefined ? nowMs : (this.#frozen.place?.atMs ?? this.#frozen.nowMs);
  }

  show(mode: ScreenMode, liveMs: number): Shown {
    const { history } = this.sources;
    const frozen = this.#frozen;
    const state = frozen?.state ?? this.sources.state;
    const isThen = frozen === undefined || frozen.place?.atMs === frozen.first?.atMs;
    const nowMs = isThen ? (frozen?.nowMs ?? liveMs) : (frozen.place?.atMs ?? frozen.nowMs);
    const atMs = this.atMs(liveMs);
    return {
      ...{ state, nowMs },
      detector: this.#detector(mode, { nowMs, isCurrent: !isThen || isCurrent(state, nowMs), end: frozen?.place }),
      frozen: frozen && {
        atMs,
        oldestMs: history.oldestMs ?? atMs,
        liveMs,
        messagesSince: history.messagesAfter(atMs),
        step: frozen.place?.step ?? 'message',
      },
    };
  }

  /** Made anew where something has changed. */
  #detector(
    mode: ScreenMode,
    of: { readonly nowMs: number; readonly isCurrent: boolean; readonly end: HistoryPlace | undefined },
  ): DetectorView {
    const { history, geometry = defaultGeometry, ...sources } = this.sources;
    const marks = (sources.marks?.() ?? []).filter(({ atMs }) => of.end === undefined || atMs <= of.end.atMs);
    for (const { atMs } of marks.slice(-marksCut)) history.cut(atMs);
    const quality = this.#pictureOf(of.end);
    const reference = sources.reference?.();
    const { window, zooms, zoom, reference: showReference, choices } = mode;
    const channel = choices.isEnlarged ? choices : undefined;
    const version = this.#frozen === undefined ? history.version : this.#frozen;
    const made = [
      version,
      window,
      zoom,
      showReference,
      channel?.chamber,
      channel?.channel,
      of.isCurrent,
      quality,
      marks.length,
      marks.at(-1)?.atMs,
      reference,
    ];
    const known = this.#made;
    if (known !== undefined && made.every((value, index) => value === known.of[index])) return known.detector;
    const choice = { kind: window, ...zooms[zoom], end: of.end };
    const fitsBox = this.#fits.fitter(`${window} ${zoom}`, this.#frozen === undefined ? of.nowMs : undefined);
    const view = makeDetectorView({
      ...historyInput(history, choice, { marks, boxWidths: this.#boxWidths, trend: this.#frozen?.trend }),
      ...{ nowMs: of.nowMs, isCurrent: of.isCurrent, geometry, reference, showReference, quality, marks, fitsBox },
    });
    const lastMs = of.end?.atMs ?? history.newestMs;
    const chambers = view.chambers.length;
    const detector = {
      ...view,
      ...(channel && { channelTrend: channelTrend(this.#channels, channel, lastMs) }),
      ...(lastMs !== undefined && {
        states: statesView(history, { chambers, lastMs, states: this.#frozen?.states }),
        channelHours: this.#hours(lastMs),
      }),
    };
    this.#made = { of: made, detector };
    return detector;
  }

  /** Looked up whenever they are drawn, for there are more of them then. */
  #hours(lastMs: number): ChannelHours {
    const steps = this.#steps;
    const stepMs = 1000 * channelStepS;
    return {
      endMs: (Math.floor(lastMs / stepMs) + 1) * stepMs,
      get steps() {
        return steps.upTo(lastMs, hourSteps);
      },
    };
  }

  /** Where the screen stands still: the alarms that stood then, with what was said of them since. */
  #pictureOf(end: HistoryPlace | undefined): QualityPicture | undefined {
    const live = this.sources.quality?.();
    const { picture } = this.#frozen ?? {};
    if (end === undefined || live === undefined || picture === undefined) return end === undefined ? live : picture;
    const known = this.#pictured;
    if (known?.live === live && known.frozen === this.#frozen) return known.picture;
    const ids = new Set(live.alarms.map(({ id }) => id));
    const alarms = [...live.alarms, ...picture.alarms.filter(({ id }) => !ids.has(id))];
    const gone = live.gone.filter(({ alarm }) => !alarms.some(({ id }) => id === alarm.id));
    const then = pictureAt({ ...live, alarms, gone, parts: picture.parts, states: picture.states }, end.atMs);
    this.#pictured = { live, frozen: this.#frozen, picture: then };
    return then;
  }

  #pictured: { readonly live: QualityPicture; readonly frozen: unknown; readonly picture: QualityPicture } | undefined;
}
