"""The interactive prompt: CPython's own line editor, or plain lines, and the broker's history."""

import io
import os
import sys
import types

import woma_console
import woma_kernel


def interact(module: types.ModuleType, quiet: bool, once: bool) -> None:
    """Reads and runs entries until the end of input. With `once`, raises EntryDone after the first that ran."""
    if not quiet:
        print(banner(), file=sys.stdout if os.isatty(1) else sys.stderr)
    if not hasattr(sys, "ps1"):
        sys.ps1 = ">>> "
    if not hasattr(sys, "ps2"):
        sys.ps2 = "... "
    if can_edit():
        editing_prompt(module, once)
    else:
        plain_prompt(module, once)


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


def editing_prompt(module: types.ModuleType, once: bool) -> None:
    from _pyrepl import readline, simple_interact

    history = History(readline._wrapper)
    native_input = simple_interact.multiline_input

    def remembering_input(more_lines, ps1, ps2):
        history.begin()
        try:
            text = native_input(more_lines, ps1, ps2)
        except EOFError, KeyboardInterrupt, MemoryError:
            raise
        except Exception as error:
            # A prompt that cannot be shown would fail again at once, for ever.
            raise SystemExit(f"woma: the prompt cannot go on: {error!r}") from None
        # Before the entry runs: with --reset-globals the interpreter may be of no use after it.
        history.save()
        return text

    simple_interact.multiline_input = remembering_input
    simple_interact.append_history_file = lambda: None
    console = (woma_console.OneEntryConsole if once else woma_console.EditingConsole)(module.__dict__)
    try:
        simple_interact.run_multiline_interactive_console(console)
    finally:
        if not once:
            # What input() has added since.
            history.save()
            console.close()


def plain_prompt(module: types.ModuleType, once: bool) -> None:
    """One statement at a time, its prompt on standard error."""
    console = woma_console.PlainConsole(module.__dict__)
    lines: list[str] = []
    while True:
        sys.stdout.flush()
        try:
            sys.stderr.write(str(sys.ps2 if lines else sys.ps1))
            sys.stderr.flush()
            line = read_line(once)
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
            raise woma_console.EntryDone
    sys.stderr.write("\n")
    console.close()


def read_line(once: bool) -> str:
    """The next line. What another interpreter's prompt is to read must not end up in this one's buffer."""
    if not once:
        return sys.stdin.readline()
    line = bytearray()
    while byte := os.read(0, 1):
        line += byte
        if byte == b"\n":
            break
    return line.decode("utf-8", "surrogateescape")


class History:
    """The line editor's history, of which the broker keeps every entry."""

    def __init__(self, wrapper) -> None:
        self._entries = wrapper.get_reader().history
        _, data = woma_kernel.request("history-load")
        # _pyrepl's own format: a line break inside an entry is \\r\\n.
        for line in io.StringIO(data.decode("utf-8", "replace").replace("\r\n", "\0"), newline="\n"):
            if entry := line.rstrip("\n").replace("\0", "\n"):
                self._entries.append(entry)
        self._kept = len(self._entries)

    def begin(self) -> None:
        # The editor takes words such as `help` back out.
        self._kept = min(self._kept, len(self._entries))

    def save(self) -> None:
        for entry in self._entries[self._kept :]:
            line = entry.replace("\n", "\r\n") + "\n"
            woma_kernel.request("history-append", line.encode("utf-8", "replace"))
        self._kept = len(self._entries)
