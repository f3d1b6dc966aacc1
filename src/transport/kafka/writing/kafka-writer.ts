import { createHash } from 'node:crypto';
import type { LogWriter, OutgoingBatch, ResumePoint } from '../../transport.js';
import { checkGroupAccess, checkTopicAccess } from '../rights/access.js';
import { appendRecords } from './append-records.js';
import { resumeGroupPrefix } from '../rights/command-rights.js';
import { throwOnCode } from '../client/kafka-error.js';
import { BrokerClient } from '../client/broker-client.js';
import type { ResolvedKafkaOptions } from '../client/kafka-options.js';
import { ResumeFence, type StoredResume } from './resume-fence.js';
import { checkNotCompacted } from '../topics/topic-settings.js';
import { UnacknowledgedMessages } from './unacknowledged.js';
import { initProducerIdRequest, offsetFetchRequest, type ProducerIdentity } from '../protocol/requests.js';
import { DtstreamError } from '../../../errors.js';

/**
 * Appends to one topic, in the order of the calls. With acks `all` a batch that is sent again is stored once; how far an
 * input was written is committed after each append, so a kill, or a commit that fails, repeats one append at most.
 */
export class KafkaWriter implements LogWriter {
  readonly #client: BrokerClient;
  readonly #topic: string;
  readonly #options: ResolvedKafkaOptions;
  readonly #producer: ProducerIdentity | undefined;
  readonly #acks: -1 | 1 | UnacknowledgedMessages;
  readonly #sequences = new Map<string, number>();
  readonly #mayResume = new Set<string>();
  readonly #fence = new ResumeFence();
  readonly #onClose: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  #hasFailed = false;

  /**
   * Asks for all that writing needs before anything is written.
   *
   * @throws DtstreamError `transport` when the user may not write the topic, or it takes only messages with a key
   */
  static async open(context: KafkaWriterContext, topic: string): Promise<KafkaWriter> {
    const { options } = context;
    const client = new BrokerClient(options);
    try {
      const open = async (): Promise<ProducerIdentity | undefined> => {
        await client.leaders(topic);
        await checkTopicAccess(client, new Map([[topic, ['write']]]));
        checkNotCompacted(topic, await client.topicSettings(topic));
        return options.acks === 'all' ? initProducer(client) : undefined;
      };
      const producer = await client.retrying(`write to ${topic}`, open, { signal: options.stop });
      return new KafkaWriter(context, client, { topic, producer });
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  private constructor(
    { options, onClose }: KafkaWriterContext,
    client: BrokerClient,
    { topic, producer }: { readonly topic: string; readonly producer: ProducerIdentity | undefined },
  ) {
    this.#client = client;
    this.#options = options;
    this.#onClose = onClose;
    this.#topic = topic;
    this.#producer = producer;
    this.#acks = acksOf(options, topic);
  }

  async append(batches: readonly OutgoingBatch[], ...points: readonly ResumePoint[]): Promise<void> {
    if (this.#closed) throw new Error(`the writer of ${this.#topic} is closed`);
    const appended = this.#last.then(() => this.#append(batches, points));
    this.#last = appended.catch(() => (this.#hasFailed = true));
    await appended;
  }

  async resumePoint(input: string): Promise<ResumePoint | undefined> {
    const stored = await this.#storedResume(input);
    this.#fence.found(input, stored);
    return stored && { input, state: stored.metadata };
  }

  async peekResumePoint(input: string): Promise<ResumePoint | undefined> {
    await this.#checkMayResume(input);
    const stored = await this.#storedResume(input);
    return stored && { input, state: stored.metadata };
  }

  /** @throws DtstreamError `transport` with acks `0`, when not all is known to be written and no append has said so */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last;
    try {
      if (typeof this.#acks !== 'number' && !this.#hasFailed) await this.#acks.settle();
    } finally {
      this.#onClose();
      await this.#client.close();
    }
  }

  async #append(batches: readonly OutgoingBatch[], points: readonly ResumePoint[]): Promise<void> {
    const nowMs = performance.now();
    for (const { input } of points) {
      await this.#checkMayResume(input);
      if (this.#fence.isDue(input, nowMs)) {
        this.#fence.check(this.#topic, input, await this.#storedResume(input), nowMs);
      }
    }
    await appendRecords(this.#client, this.#topic, batches, {
      transactionalId: null,
      producer: this.#producer,
      sequences: this.#sequences,
      acks: this.#acks,
      compression: this.#options.compression,
    });
    for (const point of points) {
      await this.#commitResume(point).catch((error: unknown) => {
        throw this.#unnoted(error, batches);
      });
    }
  }

  /** The append cannot be taken back: only a transaction for each could do that (docs/decisions/0010-kafka-client.md). */
  #unnoted(error: unknown, batches: readonly OutgoingBatch[]): unknown {
    if (!(error instanceof DtstreamError)) return error;
    const { code, message, retryable } = error;
    const count = batches.reduce((sum, { valueEnds }) => sum + valueEnds.length, 0);
    const messages = count === 1 ? 'message is' : `${count.toLocaleString('en-US')} messages are`;
    const repeated = `the last ${messages} in ${this.#topic} by now, and --resume may write ${count === 1 ? 'it' : 'them'} again`;
    return new DtstreamError(code, `${message}; ${repeated}`, { cause: error, retryable });
  }

  /** Rows whose place could not be noted afterwards would be written again by the next `--resume`. */
  async #checkMayResume(input: string): Promise<void> {
    if (this.#mayResume.has(input)) return;
    const shown = `${resumeGroupPrefix(this.#options.namePrefix)}…, which stores how far an input was written`;
    await this.#client.retrying(`write to ${this.#topic}`, async (client) => {
      await checkTopicAccess(client, new Map([[this.#topic, ['read']]]));
      await checkGroupAccess(client, this.#resumeGroup(input), ['read'], shown);
    });
    this.#mayResume.add(input);
  }

  async #storedResume(input: string): Promise<StoredResume | undefined> {
    const group = this.#resumeGroup(input);
    const { offsets } = await this.#client.retrying(
      `read how far the input of ${this.#topic} was written`,
      async (client) => {
        const found = await client.send(
          await client.coordinator('group', group),
          offsetFetchRequest(group, { settled: true }),
        );
        throwOnCode(found.errorCode);
        return found;
      },
    );
    const stored = offsets.find(({ topic, partition }) => topic === this.#topic && partition === 0);
    return stored === undefined || stored.metadata === '' ? undefined : stored;
  }

  async #commitResume({ input, state }: ResumePoint): Promise<void> {
    const groupId = this.#resumeGroup(input);
    await this.#client.retrying(`store how far the input of ${this.#topic} was written`, async (client) => {
      const broker = await client.coordinator('group', groupId);
      const partitions = [{ partition: 0, offset: String(this.#fence.mark), metadata: state }];
      await broker.offsetCommit({
        groupId,
        groupGenerationId: -1,
        memberId: '',
        topics: [{ topic: this.#topic, partitions }],
      });
    });
    this.#fence.committed(input, state);
  }

  #resumeGroup(input: string): string {
    const name = createHash('sha256').update(`${this.#topic}\n${input}`).digest('hex').slice(0, 32);
    return resumeGroupPrefix(this.#options.namePrefix) + name;
  }
}

export interface KafkaWriterContext {
  readonly options: ResolvedKafkaOptions;
  readonly onClose: () => void;
}

function acksOf({ acks, onOutage }: ResolvedKafkaOptions, topic: string): -1 | 1 | UnacknowledgedMessages {
  switch (acks) {
    case 'all':
      return -1;
    case '1':
      return 1;
    case '0':
      return new UnacknowledgedMessages(topic, onOutage);
  }
}

async function initProducer(client: BrokerClient): Promise<ProducerIdentity> {
  const broker = await client.anyBroker();
  const { errorCode, producerId, epoch } = await client.send(
    broker,
    initProducerIdRequest({ transactionalId: null, transactionTimeoutMs: 60_000 }),
  );
  throwOnCode(errorCode);
  return { producerId, epoch };
}
