"""Writes and reads a large file of a directory, and stats one deep in it. Prints a JSON object: MB/s, microseconds."""

import json
import os
import sys
import time

CHUNK_BYTES = 1 << 20
CHUNKS = 200
STATS = 3000

directory = sys.argv[1]
large = os.path.join(directory, "large")
deep = os.path.join(directory, "a", "b", "c")


def write_large():
    chunk = memoryview(bytes(range(256)) * (CHUNK_BYTES // 256))
    with open(large, "wb", buffering=0) as file:
        for _ in range(CHUNKS):
            written = 0
            while written < CHUNK_BYTES:
                written += file.write(chunk[written:])


def read_large():
    chunk = bytearray(CHUNK_BYTES)
    total = 0
    with open(large, "rb", buffering=0) as file:
        while count := file.readinto(chunk):
            total += count
    assert total == CHUNKS * CHUNK_BYTES


def stat_deep():
    for _ in range(STATS):
        os.stat(deep)


def seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


megabytes = CHUNKS * CHUNK_BYTES / 1_000_000
figures = {
    "write": megabytes / seconds(write_large),
    "read": megabytes / seconds(read_large),
    "stat": seconds(stat_deep) / STATS * 1_000_000,
}
os.remove(large)
print(json.dumps(figures))
