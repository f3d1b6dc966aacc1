"""Reads all messages of a topic with librdkafka, as confluent-kafka gives it to Python, and does nothing with them.

Usage: librdkafka_read.py BROKERS TOPIC MESSAGES. Prints messages and the seconds from the first one to the last, as JSON.
"""

import json
import sys
import time
import uuid

from confluent_kafka import Consumer

brokers, topic, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
consumer = Consumer(
    {
        "bootstrap.servers": brokers,
        "group.id": f"librdkafka-{uuid.uuid4()}",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
)
consumer.subscribe([topic])
count = 0
start = None
while count < wanted:
    messages = consumer.consume(10_000, 0.1)
    if messages and start is None:
        start = time.perf_counter()
    for message in messages:
        if message.error() is None and message.value():
            count += 1
seconds = time.perf_counter() - start
consumer.close()
print(json.dumps({"messages": count, "seconds": seconds}))
