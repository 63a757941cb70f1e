"""Compiles modules at build time, in the interpreter that will import them."""

import importlib.util
from importlib._bootstrap_external import _code_to_hash_pyc


def compile_module(source: bytes, path: str) -> bytes | None:
    """The .pyc of one module, or None when it does not compile.

    Hash-based and unchecked: it holds no timestamp, and is never compared with the source, which
    zipimport would otherwise inflate and hash at each import.
    """
    try:
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    except SyntaxError:  # some packages carry templates or code for other versions
        return None
    return bytes(_code_to_hash_pyc(code, importlib.util.source_hash(source), False))
