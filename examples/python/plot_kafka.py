"""Plots the messages of a topic of Kafka, from its beginning to its end: occupancy and active channels per orbit.

    pip install -r requirements.txt
    python plot_kafka.py localhost:9092

Joins no consumer group and commits nothing. The cells (# %%) run one by one in Jupyter, VS Code or Spyder.
"""

# %% Which messages
import argparse

from dtstream_kafka import messages_of
from dtstream_messages import add_up, parse, plot, report

parser = argparse.ArgumentParser(description="Plots the messages of a topic.")
parser.add_argument("brokers", nargs="?", default="localhost:9092", help="host:port,… (default: %(default)s)")
parser.add_argument("--topic", default="data_clean", help="topic of the messages (default: %(default)s)")
parser.add_argument(
    "--property", action="append", default=[], metavar="KEY=VALUE", help="of librdkafka, such as security.protocol=SSL"
)
arguments = parse(parser)

# %% Read and add up
properties = dict(pair.split("=", 1) for pair in arguments.property)
total = add_up(messages_of(arguments.brokers, arguments.topic, properties), arguments.group)
report(total, arguments.sums)

# %% Plot
plot(total).savefig(arguments.out, dpi=110)
print(f"picture: {arguments.out}")
