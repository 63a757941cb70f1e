"""Loops that a program may spend its time in. Prints a JSON object: milliseconds of each, the best of its repeats."""

import json
import re
import time

REPEATS = 7


def squares():
    assert sum(i * i for i in range(3_000_000)) == 8999995500000500000


def n_body(steps=60_000):
    # Sun, Jupiter, Saturn: position, velocity, mass.
    bodies = [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.47841760435743],
        [4.84143144, -1.16032004, -0.10362204, 0.60632639, 2.81198684, -0.02521836, 0.03769367],
        [8.34336671, 4.12479856, -0.40352342, -1.01077434, 1.82566237, 0.00841576, 0.01128632],
    ]
    pairs = [(a, b) for index, a in enumerate(bodies) for b in bodies[index + 1 :]]
    dt = 0.001
    for _ in range(steps):
        for a, b in pairs:
            dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
            magnitude = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            pull_a, pull_b = a[6] * magnitude, b[6] * magnitude
            a[3] -= dx * pull_b
            a[4] -= dy * pull_b
            a[5] -= dz * pull_b
            b[3] += dx * pull_a
            b[4] += dy * pull_a
            b[5] += dz * pull_a
        for body in bodies:
            body[0] += dt * body[3]
            body[1] += dt * body[4]
            body[2] += dt * body[5]
    assert 4 < bodies[1][0] ** 2 + bodies[1][1] ** 2 < 40


def json_round_trips():
    value = [
        {"id": i, "name": f"item {i}", "tags": ["a", "é", None], "ratio": i / 7, "on": i % 2 == 0} for i in range(2000)
    ]
    for _ in range(25):
        assert len(json.loads(json.dumps(value))) == 2000


def regular_expressions():
    text = "On 2026-01-17 alice@example.org wrote 42 lines; bob@example.net, 7. " * 1500
    for _ in range(6):
        assert len(re.findall(r"[\w.]+@[\w.]+\.(?:org|net)", text)) == 3000
        assert len(re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1", text)) == len(text)
        assert len(re.split(r"[;,.]\s", text)) == 4501


def milliseconds(loop):
    started = time.perf_counter()
    loop()
    return (time.perf_counter() - started) * 1000


LOOPS = {"sum of squares": squares, "n-body": n_body, "json": json_round_trips, "re": regular_expressions}
print(json.dumps({name: min(milliseconds(loop) for _ in range(REPEATS)) for name, loop in LOOPS.items()}))
