"""Totals of a topic with librdkafka (confluent-kafka) and NumPy, in one process.

usage: librdkafka_topic.py BROKERS TOPIC

Reads up to the ends that the topic has at the start. One JSON on stdout; `seconds` begins with the first connection.
"""

import json
import sys
import time

import numpy as np
from confluent_kafka import Consumer, TopicPartition

CHAMBERS = 4
brokers, topic = sys.argv[1:3]

started = time.monotonic()
consumer = Consumer(
    {
        "bootstrap.servers": brokers,
        "group.id": "librdkafka-peer",
        "enable.auto.commit": False,
        "queued.max.messages.kbytes": 262144,
        "fetch.message.max.bytes": 8 << 20,
    }
)
partitions = consumer.list_topics(topic, 10).topics[topic].partitions
consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
left = sum(consumer.get_watermark_offsets(TopicPartition(topic, partition))[1] for partition in partitions)

counts = np.zeros(CHAMBERS * 64, dtype=np.int64)
kept = []
while left > 0:
    messages = consumer.consume(10_000, 1.0)
    left -= len(messages)
    text = b"\n".join([message.value() for message in messages])
    if not text:
        continue
    rows = np.array(text.replace(b"\n", b",").split(b","), dtype=np.float64).reshape(-1, 6)
    head, fpga, channel, orbit, bx, tdc = rows.T
    good = (head == 2) & (fpga < 2) & (channel < 128) & (bx >= 0) & (bx <= 4095) & (tdc >= 0) & (tdc < 32)
    wire = (128 * fpga[good] + channel[good]).astype(np.int64)
    counts += np.bincount(wire, minlength=CHAMBERS * 64)
    kept.append(np.unique(orbit[good].astype(np.int64) * 256 + wire))
consumer.close()

wires = np.unique(np.concatenate(kept))
orbit_chambers, active = np.unique(wires // 64, return_counts=True)
histograms, distributions = {}, {}
for chamber in range(CHAMBERS):
    own = counts[chamber * 64 : chamber * 64 + 64]
    seen = np.nonzero(own)[0]
    first = 64 * (chamber % 2)
    histograms[str(chamber)] = {"bin_edges": (seen + first).tolist(), "hist_counts": own[seen].tolist()}
    mine = active[orbit_chambers % 4 == chamber]
    distributions[str(chamber)] = np.bincount(mine, minlength=65).tolist()
orbits = len(np.unique(orbit_chambers // 4))
print(
    json.dumps(
        {
            "tdc_counts_chamber": histograms,
            "active_channels_chamber": distributions,
            "orbits": orbits,
            "seconds": time.monotonic() - started,
        }
    )
)
