"""Plots the messages of a topic of Kafka, from its beginning to its end: occupancy and active channels per orbit.

    pip install -r requirements.txt
    python plot_kafka.py localhost:9092

Joins no consumer group and commits nothing. The cells (# %%) run one by one in Jupyter, VS Code or Spyder.
"""

# %% Which messages
import argparse
import json

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from dtstream_messages import add_up, parse, plot, report

parser = argparse.ArgumentParser(description="Plots the messages of a topic.")
parser.add_argument("brokers", nargs="?", default="localhost:9092", help="host:port,… (default: %(default)s)")
parser.add_argument("--topic", default="data_clean", help="topic of the messages (default: %(default)s)")
parser.add_argument(
    "--property", action="append", default=[], metavar="KEY=VALUE", help="of librdkafka, such as security.protocol=SSL"
)
arguments = parse(parser)


# %% Read and add up
def messages_of(brokers, topic, properties):
    """All messages that are in the topic now."""
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "unused",  # must be set, but partitions are assigned here and nothing is committed
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            **properties,
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


properties = dict(pair.split("=", 1) for pair in arguments.property)
total = add_up(messages_of(arguments.brokers, arguments.topic, properties), arguments.group)
report(total, arguments.sums)

# %% Plot
plot(total).savefig(arguments.out, dpi=110)
print(f"picture: {arguments.out}")
