"""hashlib.pbkdf2_hmac, which CPython has from OpenSSL alone, and this build without it: SCRAM needs it to log in."""

import operator

import woma_changes


def install() -> None:
    woma_changes.change("hashlib", _add_to)


def _add_to(hashlib) -> None:
    hashlib.pbkdf2_hmac = pbkdf2_hmac
    hashlib.__all__ = (*hashlib.__all__, "pbkdf2_hmac")


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function."""
    import _hmac
    import hashlib
    import hmac

    if not isinstance(hash_name, str):
        raise TypeError(f"pbkdf2_hmac() argument 'hash_name' must be str, not {type(hash_name).__name__}")
    password, salt = bytes(memoryview(password)), bytes(memoryview(salt))
    size = hashlib.new(hash_name).digest_size
    iterations = operator.index(iterations)
    length = size if dklen is None else operator.index(dklen)
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    if length < 1:
        raise ValueError("key length must be greater than 0.")
    # One call of C for each round, where there is a function of its own.
    compute = getattr(_hmac, f"compute_{hash_name}", None) or (lambda key, text: hmac.digest(key, text, hash_name))
    key = b""
    while len(key) < length:
        block = compute(password, salt + (len(key) // size + 1).to_bytes(4))
        total = int.from_bytes(block)
        for _ in range(iterations - 1):
            block = compute(password, block)
            total ^= int.from_bytes(block)
        key += total.to_bytes(size)
    return key[:length]
