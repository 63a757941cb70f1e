"""Chooses versions: pip's own libraries on what the broker says of indexes, in a cell that runs nothing else."""

import json

import woma_kernel


def run(task: bytes) -> None:
    woma_kernel.request("resolution", json.dumps({"error": "not made yet", "task": len(task)}).encode())
