"""The interactive prompt: CPython's own line editor and console, with top-level await and the broker's history."""

import ast
import asyncio
import inspect
import io
import linecache
import os
import sys
import types

import woma_kernel


def interact(module: types.ModuleType, quiet: bool, once: bool) -> None:
    """Reads and runs entries until the end of input. With `once`, raises EntryDone after the first that ran."""
    if not quiet:
        print(banner(), file=sys.stderr if not sys.stdout.isatty() else sys.stdout)
    if not hasattr(sys, "ps1"):
        sys.ps1 = ">>> "
    if not hasattr(sys, "ps2"):
        sys.ps2 = "... "
    if not can_edit():
        plain_prompt(module, once)
        return
    from _pyrepl import readline, simple_interact

    load_history(readline._wrapper)
    simple_interact.append_history_file = lambda: append_history(readline._wrapper, once)
    console = make_console(module.__dict__)
    try:
        simple_interact.run_multiline_interactive_console(console)
    finally:
        console.close()


class EntryDone(SystemExit):
    """The one entry that was asked for has run. The console lets nothing else through."""


def banner() -> str:
    version = sys.version.partition(" (")[0]
    return (
        f"woma (Python {version}, {sys.platform})\n"
        'Type "help", "copyright", "credits" or "license" for more information; Ctrl-D leaves.'
    )


def can_edit() -> bool:
    if not (os.isatty(0) and os.isatty(1)) or os.environ.get("TERM", "dumb") in ("dumb", ""):
        return False
    from _pyrepl import readline, simple_interact

    # Made when the module was imported, for the snapshot: these belong to no stream of this run.
    readline._wrapper.f_in, readline._wrapper.f_out = os.dup(0), os.dup(1)
    return not simple_interact.check()


def plain_prompt(module: types.ModuleType, once: bool) -> None:
    """Without a terminal that can edit: one statement at a time, its prompt on standard error."""
    console = make_console(module.__dict__, plain=True)
    lines: list[str] = []
    while True:
        sys.stdout.flush()
        try:
            sys.stderr.write(sys.ps2 if lines else sys.ps1)
            sys.stderr.flush()
            line = sys.stdin.readline()
            if not line:
                break
            lines.append(line.rstrip("\n"))
            complete = not console.runsource("\n".join(lines), "<stdin>", "single")
        except KeyboardInterrupt:
            lines.clear()
            sys.stderr.write("\nKeyboardInterrupt\n")
            continue
        if not complete:
            continue
        ran = any(part.strip() for part in lines)
        lines.clear()
        if once and ran:
            raise EntryDone
    sys.stderr.write("\n")
    console.close()


def make_console(namespace: dict, plain: bool = False):
    from _pyrepl.console import InteractiveColoredConsole

    import code

    class Console(code.InteractiveConsole if plain else InteractiveColoredConsole):
        """An entry that awaits is run by an event loop that lives as long as the prompt."""

        def __init__(self) -> None:
            super().__init__(namespace, filename="<stdin>")
            self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            self._runner: asyncio.Runner | None = None

        def runsource(self, source, filename="<input>", symbol="single"):
            self._source = source
            return super().runsource(source, filename, symbol)

        def runcode(self, code):
            if plain:
                # _pyrepl does this itself: a traceback shows the line that was typed.
                linecache._register_code(code, self._source, code.co_filename)
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

        def close(self) -> None:
            if self._runner is not None:
                self._runner.close()
                self._runner = None

    return Console()


def load_history(wrapper) -> None:
    _, data = woma_kernel.request("history-load")
    history = wrapper.get_reader().history
    # _pyrepl's own format: a line break inside an entry is \r\n.
    for entry in io.StringIO(data.decode("utf-8", "replace").replace("\r\n", "\0"), newline="\n"):
        if text := entry.rstrip("\n").replace("\0", "\n"):
            history.append(text)
    wrapper.set_history_length(len(history))


def append_history(wrapper, once: bool) -> None:
    history = wrapper.get_reader().history
    for entry in history[wrapper.get_history_length() :]:
        text = entry.replace("\n", "\r\n") + "\n"
        woma_kernel.request("history-append", text.encode("utf-8", "replace"))
    wrapper.set_history_length(len(history))
    if once:
        raise EntryDone
