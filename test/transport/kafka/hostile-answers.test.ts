import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import { assignLanes } from '../../../src/transport/kafka/groups/lane-assigner.js';
import {
  decodeAssignment,
  decodeClaim,
  encodeAssignment,
  encodeClaim,
  subscribedTopics,
} from '../../../src/transport/kafka/groups/member-protocol.js';
import { FieldWriter } from '../../../src/transport/kafka/protocol/field-writer.js';
import {
  describeClusterRequest,
  describeGroupRequest,
  findCoordinatorRequest,
} from '../../../src/transport/kafka/protocol/inspection-requests.js';
import {
  describeLogDirsRequest,
  fetchRequest,
  initProducerIdRequest,
  offsetFetchRequest,
  produceRequest,
  txnOffsetCommitRequest,
} from '../../../src/transport/kafka/protocol/requests.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { arbitraryBytes, mutatedBytes } from '../../helpers/random/mutated-bytes.js';
import { RandomSource } from '../../helpers/random/random-source.js';
import { decodeWithinBounds } from '../../helpers/assert/total.js';

interface Sample {
  readonly name: string;
  readonly request: ProtocolRequest<unknown>;
  /** A right answer. */
  readonly answer: Buffer;
}

const written = (write: (writer: FieldWriter) => void): Buffer => {
  const writer = new FieldWriter();
  write(writer);
  return writer.buffer;
};
const fetched = { partition: 1, offset: 5, maxBytes: 1000 };
const producer = { producerId: 7, epoch: 1 };

const samples: readonly Sample[] = [
  {
    name: 'Fetch',
    request: fetchRequest({ topic: 't', maxWaitMs: 1, maxBytes: 1000, partitions: [fetched] }),
    answer: written((w) => {
      w.int32(0).int16(0).int32(0).int32(1).string('t').int32(2);
      for (const partition of [0, 1]) {
        w.int32(partition).int16(0).int64(9).int64(9).int64(0);
        w.array([1, 2], (id) => w.int64(id).int64(id + 1));
        w.int32(-1).int32(5).raw(Buffer.from('bytes'));
      }
    }),
  },
  {
    name: 'Produce',
    request: produceRequest({ transactionalId: null, acks: -1, timeoutMs: 1, topics: [] }),
    answer: written((w) =>
      w.array(['a', 'b'], (topic) =>
        w.string(topic).array([0, 1], (partition) => w.int32(partition).int16(0).raw(Buffer.alloc(24))),
      ),
    ),
  },
  {
    name: 'InitProducerId',
    request: initProducerIdRequest({ transactionalId: 'x', transactionTimeoutMs: 1 }),
    answer: written((w) => w.noTags().int32(0).int16(0).int64(7).int16(1).noTags()),
  },
  {
    name: 'TxnOffsetCommit',
    request: txnOffsetCommitRequest({
      ...{ transactionalId: 'x', group: 'g', producer, topic: 't', offsets: [] },
      member: { memberId: 'm', generation: 1 },
    }),
    answer: written((w) =>
      w
        .noTags()
        .int32(0)
        .compactArray(['t'], () =>
          w
            .compactString('t')
            .compactArray([0, 1], (partition) => w.int32(partition).int16(0).noTags())
            .noTags(),
        )
        .noTags(),
    ),
  },
  {
    name: 'OffsetFetch',
    request: offsetFetchRequest('g', { settled: true }),
    answer: written((w) => {
      w.noTags()
        .int32(0)
        .compactArray(['t'], (topic) =>
          w
            .compactString(topic)
            .compactArray([0, 1], (partition) =>
              w.int32(partition).int64(5).int32(-1).compactString('{"v":1}').int16(0).noTags(),
            )
            .noTags(),
        );
      w.int16(0).raw(Buffer.from([2, 1, 2, 9, 9, 5, 0])); // two tagged fields
    }),
  },
  {
    name: 'DescribeLogDirs',
    request: describeLogDirsRequest(),
    answer: written((w) =>
      w.int32(0).array(['/a', '/b'], (dir) =>
        w
          .int16(0)
          .string(dir)
          .array(['t'], (topic) => w.string(topic).array([0, 1], (p) => w.int32(p).int64(100).raw(Buffer.alloc(9)))),
      ),
    ),
  },
  {
    name: 'Metadata',
    request: describeClusterRequest(['t']),
    answer: written((w) => {
      w.int32(0).array([1, 2], (id) => w.int32(id).string('host').int32(9092).string(null));
      w.string('cluster').int32(1);
      w.array(['t'], (topic) => {
        w.int16(0).string(topic).int8(0);
        w.array([0, 1], (partition) => {
          w.int16(0).int32(partition).int32(1).int32(0);
          for (const replicas of [[1, 2], [1], []]) w.array(replicas, (id) => w.int32(id));
        });
        w.int32(8);
      }).int32(0);
    }),
  },
  {
    name: 'DescribeGroups',
    request: describeGroupRequest('g'),
    answer: written((w) => {
      w.int32(0).array(['g'], (group) => {
        w.int16(0).string(group).string('Stable').string('consumer').string('p');
        w.array(['m', 'n'], (member) => {
          w.string(member).string('client').string('/1.2.3.4');
          w.int32(2).raw(Buffer.from('md')).int32(-1);
        });
        w.int32(8);
      });
    }),
  },
  {
    name: 'FindCoordinator',
    request: findCoordinatorRequest('group', 'g'),
    answer: written((w) => w.int32(0).int16(0).string(null).int32(3).string('host').int32(9092)),
  },
];

/** What the decoder of a request made of an answer: it does so at once, and its promise is only the form. */
function decodeAnswer({ request }: Sample, payload: Buffer): void {
  request.response.decode(payload).catch(() => undefined);
}

describe('answers of any broker', () => {
  for (const sample of samples) {
    it(`to ${sample.name} are read whole, and give a value or an error whatever is wrong with them`, async () => {
      assert.ok((await sample.request.response.decode(sample.answer)) !== undefined);
      for (let length = 0; length < sample.answer.length; length++) {
        decodeWithinBounds(() => decodeAnswer(sample, sample.answer.subarray(0, length)));
      }
      fc.assert(
        fc.property(fc.integer(), fc.boolean(), (seed, isArbitrary) => {
          const random = new RandomSource(seed);
          const payload = isArbitrary ? arbitraryBytes(random) : mutatedBytes(sample.answer, random);
          decodeWithinBounds(() => decodeAnswer(sample, payload));
        }),
        { numRuns: casesOf(500) },
      );
    });
  }

  it('that are cut are an error that names the request', () => {
    const [fetch] = samples;
    assert.throws(() => void fetch.request.response.decode(fetch.answer.subarray(0, 20)), {
      code: 'transport',
      message: /cannot read the answer to Fetch: a Kafka response must have \d+ bytes, got 20/,
    });
  });

  it('to DescribeGroups without the group are an error', () => {
    const { request } = samples[7];
    assert.throws(() => void request.response.decode(Buffer.alloc(8)), { code: 'transport', message: /one group/ });
  });
});

const claim = encodeClaim({ topic: 'data_raw', lanes: 4, held: [0, 1], released: [3] });
const assignment = encodeAssignment({ lanes: [0, 2] }, { topic: 'data_raw', partitionsOf: (lane) => [lane, lane + 4] });

describe('claims and assignments of any member', () => {
  it('are read back as they were written', () => {
    assert.deepEqual(decodeClaim('m', claim), { memberId: 'm', topic: 'data_raw', lanes: 4, held: [0, 1], released: [3] }); // prettier-ignore
    assert.deepEqual(decodeAssignment(assignment), { lanes: [0, 2] });
    assert.deepEqual(subscribedTopics(claim), ['data_raw']);
  });

  it('with a text of negative length among a thousand million topics are none', () => {
    const hostile = written((w) =>
      w
        .int16(1)
        .int32(2 ** 30)
        .int16(-2)
        .raw(Buffer.alloc(40)),
    );
    assert.deepEqual(decodeWithinBounds(() => subscribedTopics(hostile)), []); // prettier-ignore
    assert.throws(() => decodeClaim('m', hostile), { code: 'transport', message: /the claim of member m/ });
  });

  it('give a value or an error whatever is wrong with them, and lanes are shared out by what they say', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, isArbitrary) => {
        const random = new RandomSource(seed);
        const changed = (bytes: Buffer): Buffer => (isArbitrary ? arbitraryBytes(random) : mutatedBytes(bytes, random));
        const claims = Array.from({ length: random.below(4) }, (_, index) =>
          decodeWithinBounds(() => decodeClaim(`m${index}`, changed(claim))),
        ).filter((read) => read !== undefined);
        const assigned = decodeWithinBounds(() => assignLanes(claims, 4), () => false); // prettier-ignore
        const lanes = [...(assigned?.values() ?? [])].flatMap((own) => own.lanes);
        assert.equal(new Set(lanes).size, lanes.length, 'a lane has one owner');
        assert.ok(lanes.every((lane) => lane >= 0 && lane < 4));
        decodeWithinBounds(() => decodeAssignment(changed(assignment)));
        decodeWithinBounds(() => subscribedTopics(changed(claim)), () => false); // prettier-ignore
      }),
      { numRuns: casesOf(1500) },
    );
  });
});
