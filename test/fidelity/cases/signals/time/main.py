import time
a = time.monotonic(); time.sleep(0.03); b = time.monotonic()
print(b - a >= 0.03, b - a < 5, time.monotonic_ns() > 0, time.perf_counter() >= 0)
try:
    time.sleep(-1)
except ValueError as e:
    print(e)
print(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(0)), time.gmtime(86400 * 365).tm_yday)
print(time.strptime("2024-02-29", "%Y-%m-%d")[:8], time.time() > 1.7e9)
print(time.get_clock_info("monotonic").monotonic, time.get_clock_info("time").adjustable)
