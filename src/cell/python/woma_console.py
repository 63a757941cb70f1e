"""The consoles behind the prompt: CPython's own, in which an entry may await."""

import ast
import asyncio
import code
import inspect
import linecache
import types
from _pyrepl.console import InteractiveColoredConsole

import woma_hints
import woma_pip


class AwaitingConsole(code.InteractiveConsole):
    """An entry that awaits is run by an event loop that lives as long as the prompt."""

    def __init__(self, namespace: dict) -> None:
        super().__init__(namespace, filename="<stdin>")
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._runner: asyncio.Runner | None = None

    def runsource(self, source, filename="<input>", symbol="single"):
        if (words := woma_pip.magic(source)) is None:
            return super().runsource(source, filename, symbol)
        woma_pip.main(words, "%pip")
        return False

    def showtraceback(self):
        super().showtraceback()
        woma_hints.hint_missing()
        woma_hints.hint_module()

    def runcode(self, code):
        if not code.co_flags & inspect.CO_COROUTINE:
            return super().runcode(code)
        if self._runner is None:
            self._runner = asyncio.Runner()
        try:
            self._runner.run(types.FunctionType(code, self.locals)())
        except SystemExit:
            raise
        except BaseException:
            self.showtraceback()
            return getattr(self, "STATEMENT_FAILED", None)
        return None

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()
            self._runner = None


class EditingConsole(AwaitingConsole, InteractiveColoredConsole):
    """The console that CPython's line editor feeds."""


class EntryDone(SystemExit):
    """The one entry that was asked for has run. The console lets nothing else through."""


class OneEntryConsole(EditingConsole):
    """A console that is over when an entry has run, whatever became of it and of the interpreter."""

    def push(self, *args, **options):
        super().push(*args, **options)
        raise EntryDone


class PlainConsole(AwaitingConsole):
    """The console for an input that is no terminal, or cannot be edited on."""

    _source = ""

    def runsource(self, source, filename="<input>", symbol="single"):
        self._source = source
        return super().runsource(source, filename, symbol)

    def runcode(self, code):
        # A traceback shows the line that was typed; the line editor's console does this itself.
        linecache._register_code(code, self._source, code.co_filename)
        return super().runcode(code)
