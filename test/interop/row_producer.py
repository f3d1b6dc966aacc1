"""A foreign producer: one CSV row a message, without key or header, as the first system's was.

Usage: row_producer.py BROKERS TOPIC FILE
"""

import sys

from kafka import KafkaProducer

brokers, topic, path = sys.argv[1:]
producer = KafkaProducer(bootstrap_servers=brokers, linger_ms=5)
with open(path, "rb") as rows:
    next(rows)  # the header line
    for row in rows:
        producer.send(topic, row.rstrip(b"\n"))
producer.flush()
