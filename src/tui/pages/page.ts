import type { DashboardState } from '../../results/dashboard-state.js';
import type { DetectorView } from '../../views/detector/detector-view.js';
import type { Style } from '../draw/style.js';
import type { View } from './view.js';

/** What a page draws. */
export interface PageInput {
  readonly detector: DetectorView;
  /** What is of no window: whether messages come, processes, the ledger. */
  readonly state: DashboardState;
  readonly view: View;
  readonly style: Style;
}
