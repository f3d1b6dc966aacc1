"""A consumer as the dashboard of the first system was: plain kafka-python on data_clean, indexing the five keys.

Usage: dashboard.py BROKERS. Prints what it has added up, as one JSON, once nothing has come for a few seconds.
"""

import json
import sys

from kafka import KafkaConsumer

CHAMBERS = 4

consumer = KafkaConsumer(
    "data_clean",
    bootstrap_servers=sys.argv[1],
    auto_offset_reset="earliest",
    value_deserializer=lambda value: json.loads(value.decode("utf-8")),
    consumer_timeout_ms=4000,
)

ids = []
hit_count = 0
hit_count_chamber = [0] * CHAMBERS
hits_channel = {str(chamber): {} for chamber in range(CHAMBERS)}
orbits_by_active = {str(chamber): {} for chamber in range(CHAMBERS)}

for message in consumer:
    data = message.value
    ids.append(data["msg_ID"])
    hit_count += data["hit_count"]
    for chamber in range(CHAMBERS):
        hit_count_chamber[chamber] += data["hit_count_chamber"][chamber]
        key = str(chamber)
        tdc = data["tdc_counts_chamber"][key]
        for channel, count in zip(tdc["bin_edges"], tdc["hist_counts"], strict=True):
            hits_channel[key][channel] = hits_channel[key].get(channel, 0) + count
        active = data["active_tdc_chamber"][key]
        for _orbit, channels in zip(active["bin_edges"], active["hist_counts"], strict=True):
            orbits_by_active[key][channels] = orbits_by_active[key].get(channels, 0) + 1

print(
    json.dumps(
        {
            "ids": ids,
            "hit_count": hit_count,
            "hit_count_chamber": hit_count_chamber,
            "hits_channel": hits_channel,
            "orbits_by_active": orbits_by_active,
        }
    )
)
