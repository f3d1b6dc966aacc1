"""Reads the messages of dtstream from a topic of Kafka. Joins no consumer group and commits nothing."""

import json

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition


def messages_of(brokers, topic="data_clean", properties=None):
    """All messages that are in the topic now."""
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "unused",  # must be set, but partitions are assigned here and nothing is committed
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            **(properties or {}),
        }
    )
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        if not partitions:
            raise SystemExit(f"no topic {topic} at {brokers}")
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
        ended = set()
        while len(ended) < len(partitions):
            record = consumer.poll(10)
            if record is None:
                raise SystemExit(f"no answer from {brokers} for 10 s")
            if record.error() is None:
                yield json.loads(record.value())
            elif record.error().code() == KafkaError._PARTITION_EOF:
                ended.add(record.partition())
            else:
                raise SystemExit(f"cannot read {topic}: {record.error().str()}")
    except KafkaException as error:
        raise SystemExit(f"cannot read {topic} at {brokers}: {error.args[0].str()}") from None
    finally:
        consumer.close()
