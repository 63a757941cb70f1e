"""Requests to the broker that no system call stands for, through a device that answers what is written to it."""

import errno
import json
import os

DEVICE = "/dev/woma"


def request(op: str, payload: bytes = b"", **fields: object) -> tuple[dict, bytes]:
    """
    Sends one request and waits for its reply: the reply's fields and its bytes. A field `descriptor` names one of the
    cell's own, and goes out as the handle that it stands for. A failed one's fields are `errno`, a name, and perhaps
    `reason`.
    """
    descriptor = os.open(DEVICE, os.O_RDWR)
    try:
        head = json.dumps({"op": op, **fields}).encode()
        os.write(descriptor, head + b"\n" + payload)
        answer = bytearray()
        while part := os.read(descriptor, 1 << 20):
            answer += part
    finally:
        os.close(descriptor)
    end = answer.index(b"\n")
    return json.loads(answer[:end]), bytes(answer[end + 1 :])


# As they are before any of them is made to say a reason (cell/errno.ts).
_WORDS = {number: os.strerror(number) for number in errno.errorcode}


def raise_failure(reply: dict) -> None:
    """A failed request's error, as its system call would raise it."""
    if "errno" in reply:
        number = getattr(errno, reply["errno"])
        reason = reply.get("reason")
        raise OSError(number, _WORDS[number] + (f": {reason}" if reason else ""))


def open_descriptor(handle: int) -> int:
    """A descriptor for a handle of the broker's, which is closed with it."""
    return request("adopt", handle=handle)[0]["descriptor"]
