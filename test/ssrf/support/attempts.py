"""Tries ways in, one after the other, and prints of each what it got, or how it was refused. CODES is put before this."""

import ast

CODES: list


def main() -> None:
    for code in CODES:
        print(outcome(code))


def outcome(code: str) -> str:
    try:
        return f"got: {attempted(code)}"
    except BaseException as error:
        refusals = [each for each in chain(error) if isinstance(each, PermissionError)]
        if refusals:
            return f"refused: {refusals[0]}"
        return f"raised: {type(error).__name__}: {error}"


def attempted(code: str) -> object:
    """The value of the last expression."""
    *statements, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    names: dict = {"__name__": "attempt"}
    exec(compile(ast.Module(statements, []), "attempt", "exec"), names)
    return eval(compile(ast.Expression(last.value), "attempt", "eval"), names)


def chain(error: BaseException, known: tuple = ()):
    """An error and what it comes from, in all the ways that libraries wrap one."""
    if any(error is each for each in known):
        return
    yield error
    wrapped = [error.__cause__, error.__context__, getattr(error, "reason", None), *error.args]
    wrapped += getattr(error, "exceptions", ())
    for each in wrapped:
        if isinstance(each, BaseException):
            yield from chain(each, (*known, error))


main()
