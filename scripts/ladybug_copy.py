#!/usr/bin/env python3
"""Loads a relations file of `tributary generate --minimal` into LadybugDB by COPY, for docs/benchmarks.md.

    pip install real_ladybug
    python3 scripts/ladybug_copy.py relations.csv

LadybugDB wants nodes before relations, so the companies are gathered from the file first; only the two COPY
statements are timed. The values of the file are whole numbers and are kept as INT64: with real_ladybug 0.15.3 a DOUBLE
column makes COPY twenty times slower and more, whatever the threads, memory, keys and order of rows; `--double`
shows it.
"""
import csv
import os
import sys
import tempfile
import time

import real_ladybug as ladybug


def main(relations: str, value: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows, companies = 0, set()
        flat = os.path.join(folder, "relations.csv")
        with open(relations, newline="", encoding="utf-8") as source, open(flat, "w", newline="", encoding="utf-8") as target:
            writer = csv.writer(target)
            for row in csv.DictReader(source):
                writer.writerow([row["supplier"], row["buyer"], row["product"], row["value"]])
                companies.update((row["supplier"], row["buyer"]))
                rows += 1
        nodes = os.path.join(folder, "companies.csv")
        with open(nodes, "w", newline="", encoding="utf-8") as target:
            csv.writer(target).writerows([c] for c in sorted(companies))

        connection = ladybug.Connection(ladybug.Database(os.path.join(folder, "db")))
        connection.execute("CREATE NODE TABLE Company(id STRING PRIMARY KEY)")
        connection.execute(f"CREATE REL TABLE Supplies(FROM Company TO Company, product STRING, value {value})")
        began = time.time()
        connection.execute(f"COPY Company FROM '{nodes}'")
        connection.execute(f"COPY Supplies FROM '{flat}'")
        took = time.time() - began
        print(f"LadybugDB COPY: {rows:,} relations in {took:.1f} s: {rows / took:,.0f} relations/s")


main(sys.argv[-1], "DOUBLE" if "--double" in sys.argv else "INT64")
