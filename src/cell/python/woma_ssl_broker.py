"""Contexts as the broker has them, which does the TLS: made once for equal settings, and kept a while."""

import json

import woma_kernel
import woma_ssl_errors

# A request's bytes; a frame has room for a little more.
_PIECE_BYTES = 1 << 20
_KEPT = 8

# The ones used last, by their settings' hash: a library that makes a context for every connection has it made once.
_kept: dict[bytes, Handle] = {}


class Handle:
    """A thing in the broker that goes when nobody has it any more."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        woma_kernel.request("close", handle=self.number)


def context_for(settings: dict) -> Handle:
    """Raises SSLError when a certificate, or the key, cannot be used."""
    import hashlib

    payload = json.dumps(settings).encode()
    key = hashlib.sha256(payload).digest()
    handle = _kept.pop(key, None) or _make(payload)
    _kept[key] = handle
    while len(_kept) > _KEPT:
        del _kept[next(iter(_kept))]
    return handle


def ask(op: str, payload: bytes = b"", **fields: object) -> tuple[dict, bytes]:
    """A request that is repeated when a signal has stopped it, and whose refusal is raised."""
    while True:
        reply, answer = woma_kernel.request(op, payload, **fields)
        if reply.get("errno") != "EINTR":
            woma_kernel.raise_failure(reply)
            return reply, answer


def default_roots() -> str:
    """The certificates that are trusted by default, in PEM."""
    return ask("tls-roots")[1].decode()


def _make(payload: bytes) -> Handle:
    while True:
        reply = _send(payload)
        if reply.get("errno") == "EINTR":
            continue
        woma_kernel.raise_failure(reply)
        if (failure := reply.get("failure")) is not None:
            raise woma_ssl_errors.of_settings(failure["reason"])
        return Handle(reply["context"])


def _send(payload: bytes) -> dict:
    for start in range(0, len(payload), _PIECE_BYTES):
        piece = payload[start : start + _PIECE_BYTES]
        reply, _ = woma_kernel.request("tls-context", piece, last=start + _PIECE_BYTES >= len(payload))
        if "errno" in reply:
            return reply
    return reply
