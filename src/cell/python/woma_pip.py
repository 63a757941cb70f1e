"""What people type to install packages, `pip install NAME`, done by woma."""

import argparse
import importlib.metadata
import shlex
import sys

import woma_packages

_PIP = "pip"


def main(words: list[str], program: str = "python -m pip") -> int:
    """pip's commands as far as they make sense here; the exit status."""
    if (advice := _elsewhere(words)) is not None:
        print(f"ERROR: {advice}", file=sys.stderr)
        return 2
    try:
        given = _parser(program).parse_args(words)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    if given.command == "install":
        return install(given.requirements)
    if given.command == "show":
        return show(given.names)
    if given.command in ("list", "freeze"):
        separator = "==" if given.command == "freeze" else " "
        for name, version in sorted((part.name, part.version) for part in importlib.metadata.distributions()):
            print(f"{name}{separator}{version}")
        return 0
    _parser(program).print_help()
    return 0


def install(requirements: list[str]) -> int:
    before = {(part.name.lower(), part.version) for part in importlib.metadata.distributions()}
    try:
        packages = woma_packages.ask_for(requirements)
    except ImportError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    new = [package for package in packages if tuple(package.lower().split("==")) not in before]
    if new:
        print("Successfully installed " + " ".join(package.replace("==", "-") for package in new))
    else:
        print("Requirement already satisfied: " + ", ".join(requirements))
    return 0


def show(names: list[str]) -> int:
    missing = 0
    for name in names:
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            print(f"WARNING: Package(s) not found: {name}", file=sys.stderr)
            missing = 1
            continue
        for field in ("Name", "Version", "Summary", "Home-page", "License"):
            print(f"{field}: {metadata.get(field) or ''}")
    return missing


def magic(source: str) -> list[str] | None:
    """The words after `%pip` or `!pip` in an entry at the prompt; None for any other entry."""
    command, _, rest = source.strip().partition(" ")
    if command not in ("%pip", "!pip") or "\n" in rest:
        return None
    try:
        return shlex.split(rest)
    except ValueError:
        return rest.split()


def _elsewhere(words: list[str]) -> str | None:
    """What does what pip's other commands and options do; None for those that are here."""
    command = next((word for word in words if not word.startswith("-")), None)
    if command == "install":
        for word in words:
            if word.startswith(("-r", "--requirement", "-c", "--constraint")):
                return "a program reads no requirements files for pip: run `woma install -r FILE` before, or use --with"
            if word.startswith(("-e", "--editable")):
                return "woma installs wheels only: mount the project's directory and import from there"
        return None
    if command == "uninstall":
        return "a package is there for the run that asks for it: leave it out of the next"
    if command in ("download", "wheel", "cache", "hash"):
        return "see `woma install --help` and `woma cache --help`"
    if command in ("check", "config", "debug", "index", "inspect", "lock", "search"):
        return f"woma's pip has no {command}; it has install, list, freeze and show"
    return None


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        program,
        description="Installs packages for this run of woma, from its cache or the network.",
        epilog="A package is there for the run that asks for it; none needs uninstalling. See also `woma install`.",
    )
    parser.add_argument("-V", "--version", action="version", version=f"woma's pip (Python {sys.version.split()[0]})")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    installing = commands.add_parser("install", help="install packages by requirement")
    installing.add_argument("requirements", nargs="+", metavar="REQUIREMENT")
    # What people add by habit, and what would be no different here.
    for flag in ("-U", "-q"):
        installing.add_argument(flag, action="store_true", help=argparse.SUPPRESS)
    for flag in ("--upgrade", "--quiet", "--user", "--no-cache-dir", "--disable-pip-version-check"):
        installing.add_argument(flag, action="store_true", help=argparse.SUPPRESS)
    commands.add_parser("list", help="list what this run has")
    commands.add_parser("freeze", help="the same, as requirements")
    showing = commands.add_parser("show", help="tell about packages that this run has")
    showing.add_argument("names", nargs="+", metavar="NAME")
    return parser
