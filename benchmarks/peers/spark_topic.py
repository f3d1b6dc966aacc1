"""Totals of a topic with Spark 3.3.2 and its Kafka connector, as the first system computed them.

usage: spark_topic.py BROKERS TOPIC JARS SHUFFLE_PARTITIONS [ROWS_PER_BATCH]

Without ROWS_PER_BATCH the topic is one batch. With it the topic is a stream of batches of so many rows: then the active
channels of an orbit are complete in a batch only, so they are left out of what is compared, and the time of each batch is
printed. One JSON on stdout; `seconds` begins when Spark is up.
"""

import json
import sys
import time
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

CHAMBERS = 4
brokers, topic, jars, shuffle_partitions = sys.argv[1:5]
rows_per_batch = sys.argv[5] if len(sys.argv) > 5 else None

spark = (
    SparkSession.builder.master("local[*]")
    .config("spark.jars", ",".join(str(jar) for jar in sorted(Path(jars).glob("*.jar"))))
    .config("spark.sql.shuffle.partitions", shuffle_partitions)
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
started = time.monotonic()

histograms = [{} for _ in range(CHAMBERS)]
distributions = [[0] * 65 for _ in range(CHAMBERS)]
orbits = 0


def hits_of(messages: DataFrame) -> DataFrame:
    fields = f.split(f.col("value").cast("string"), ",")
    names = ["head", "fpga", "channel", "orbit", "bx", "tdc"]
    rows = messages.select(*[fields[i].cast("double").alias(name) for i, name in enumerate(names)])
    return rows.where(
        "head = 2 AND fpga < 2 AND channel < 128 AND bx BETWEEN 0 AND 4095 AND tdc >= 0 AND tdc < 32"
    ).select(
        (2 * f.col("fpga") + f.floor(f.col("channel") / 64)).cast("int").alias("chamber"),
        f.col("channel").cast("int").alias("channel"),
        f.col("orbit").cast("long").alias("orbit"),
    )


def add_batch(messages: DataFrame, _: int = 0) -> None:
    global orbits
    hits = hits_of(messages).persist()
    for chamber, channel, count in hits.groupBy("chamber", "channel").count().collect():
        histograms[chamber][channel] = histograms[chamber].get(channel, 0) + count
    by_orbit = hits.groupBy("chamber", "orbit").agg(f.countDistinct("channel").alias("active"))
    for chamber, active, count in by_orbit.groupBy("chamber", "active").count().collect():
        distributions[chamber][active] += count
    orbits += hits.select("orbit").distinct().count()
    hits.unpersist()


source = {"kafka.bootstrap.servers": brokers, "subscribe": topic, "startingOffsets": "earliest"}
batch_ms = []
if rows_per_batch is None:
    add_batch(spark.read.format("kafka").options(**source).load())
else:
    stream = spark.readStream.format("kafka").options(**source, maxOffsetsPerTrigger=rows_per_batch).load()
    query = stream.writeStream.foreachBatch(add_batch).trigger(availableNow=True).start()
    query.awaitTermination()
    batch_ms = [one["durationMs"]["triggerExecution"] for one in query.recentProgress if one["numInputRows"] > 0]
seconds = time.monotonic() - started

channels = {
    str(chamber): {"bin_edges": sorted(counts), "hist_counts": [counts[channel] for channel in sorted(counts)]}
    for chamber, counts in enumerate(histograms)
}
totals = {"tdc_counts_chamber": channels, "seconds": seconds}
if rows_per_batch is None:
    totals |= {"active_channels_chamber": {str(c): counts for c, counts in enumerate(distributions)}, "orbits": orbits}
else:
    totals |= {"batch_ms": batch_ms}
print(json.dumps(totals), flush=True)
gateway = spark.sparkContext._gateway
spark.stop()
# Its virtual machine ends when its input does; what it took counts only when it was waited for.
gateway.shutdown()
gateway.proc.stdin.close()
gateway.proc.wait()
