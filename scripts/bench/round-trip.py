"""Asks again and again whether standard output can be written to. Prints the mean of one asking, in microseconds."""

import select
import time

WARM_UP = 500
ROUND_TRIPS = 5000

poll = select.poll()
poll.register(1, select.POLLOUT)
for _ in range(WARM_UP):
    poll.poll(0)
started = time.perf_counter()
for _ in range(ROUND_TRIPS):
    poll.poll(0)
print((time.perf_counter() - started) / ROUND_TRIPS * 1_000_000)
