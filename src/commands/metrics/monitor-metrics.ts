import { Gauge, type Registry } from 'prom-client';
import { type QualityState, testNames, type TestName } from '../../quality/events.js';

const states = ['NO_DATA', 'MASKED', 'OK', 'ALARM'] as const satisfies readonly QualityState[];

/** What a monitor knows when it is asked. */
export interface MonitorStatus {
  readonly states: () => readonly { readonly test: TestName; readonly state: QualityState }[];
  readonly alarms: () => number;
  readonly unread: () => number;
}

/** States of the tests of quality, at the moment of each request. */
export function addMonitorMetrics(registry: Registry, status: MonitorStatus): void {
  const registers = [registry];
  new Gauge({
    name: 'dtstream_quality_objects',
    help: 'Channels, layers, chambers and so on by the state of a test.',
    labelNames: ['test', 'state'],
    registers,
    collect() {
      for (const test of testNames) for (const state of states) this.set({ test, state }, 0);
      for (const { test, state } of status.states()) this.inc({ test, state });
    },
  });
  new Gauge({
    name: 'dtstream_quality_alarms',
    help: 'Alarms that stand; those that are parts of others are not counted.',
    registers,
    collect() {
      this.set(status.alarms());
    },
  });
  new Gauge({
    name: 'dtstream_quality_unread_messages',
    help: 'Messages of the topic that are not read yet.',
    registers,
    collect() {
      this.set(status.unread());
    },
  });
}
