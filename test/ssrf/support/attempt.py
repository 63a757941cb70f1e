"""Tries one way in, and prints what it got, or in what words it was refused. CODE is put before this."""

import ast

CODE: str


def main() -> None:
    try:
        value = attempted(CODE)
    except BaseException as error:
        refusal = next((each for each in chain(error) if isinstance(each, PermissionError)), None)
        if refusal is None:
            raise
        print(f"refused: {refusal}")
    else:
        print(f"got: {value}")


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
