import { readMessage } from '../../results/incoming-message.js';
import { groupOf } from '../../results/producers.js';
import type { MessageSink } from './follow.js';

/** Leaves out the messages of other groups; one that cannot be read may be of this one, and is passed on. */
export function sinkOfGroup(sink: MessageSink, group: string): MessageSink {
  return {
    async take(value, arrival) {
      const result = readMessage(value);
      if ('message' in result && groupOf(result.message.producer ?? '') !== group) return;
      await sink.take(value, arrival);
    },
    progress: (state) => sink.progress(state),
    waiting: (why) => sink.waiting(why),
    beginAnew: (why) => sink.beginAnew(why),
  };
}
