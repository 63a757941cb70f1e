"""What is wanted of a package and what there is of it, as the solver has them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import HeaderParser

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


@dataclass(frozen=True)
class Wanted:
    """A requirement, and who has it: where the user asked, or the package that depends on it."""

    name: str
    extras: frozenset[str]
    specifier: SpecifierSet
    text: str
    by: str
    hashes: frozenset[str] = frozenset()
    # An extra wants the very package that it is an extra of.
    exactly: Candidate | None = None


@dataclass(frozen=True)
class Candidate:
    name: str
    version: Version
    # "present", "lock" or "index".
    origin: str
    file: str = ""
    sha256: str | None = None
    requires_python: str | None = None
    yanked: bool = False
    extras: frozenset[str] = frozenset()
    depends: tuple[str, ...] = field(default=(), compare=False)

    def key(self) -> tuple[str, str, str, str]:
        return self.name, str(self.version), self.origin, self.file


class Failure(Exception):
    """Words that the broker makes a message of."""

    def __init__(self, kind: str, **details: object) -> None:
        self.details = {"kind": kind, **details}


def wanted_from(requirement: Requirement, by: str, hashes: frozenset[str] = frozenset()) -> Wanted:
    text = str(requirement).partition(";")[0].strip()
    return Wanted(
        canonicalize_name(requirement.name),
        frozenset(canonicalize_name(extra) for extra in requirement.extras),
        requirement.specifier,
        text,
        by,
        hashes,
    )


def shown(candidate: Candidate) -> str:
    extras = f"[{','.join(sorted(candidate.extras))}]" if candidate.extras else ""
    return f"{candidate.name}{extras} {candidate.version}"


def allows_python(requires_python: str | None, python: Version) -> bool:
    try:
        return SpecifierSet(requires_python or "").contains(python, prereleases=True)
    except InvalidSpecifier:
        # As pip: nonsense excludes nothing.
        return True


def has_hash(candidate: Candidate, hashes: list[frozenset[str]]) -> bool:
    """Whether it is one of those that each requirement with hashes allows."""
    return all(candidate.sha256 in each for each in hashes)


def is_pinned(specifier: SpecifierSet) -> bool:
    return any(each.operator == "===" or (each.operator == "==" and "*" not in each.version) for each in specifier)


@dataclass(frozen=True)
class Metadata:
    requirements: tuple[Requirement, ...]
    requires_python: str | None
    provided: frozenset[str]

    def wanted(self, by: str, extras: frozenset[str]) -> Iterator[Wanted]:
        """Without extras what is always needed, else only what these need besides."""
        for requirement in self.requirements:
            always = applies(requirement, "")
            if always if not extras else not always and any(applies(requirement, extra) for extra in extras):
                if requirement.url is not None:
                    raise Failure("url", text=str(requirement), by=by)
                yield wanted_from(requirement, by)

    def has_extra(self, extra: str) -> bool:
        """Some name them only where they use them."""
        return extra in self.provided or any(
            applies(requirement, extra) and not applies(requirement, "") for requirement in self.requirements
        )


def applies(requirement: Requirement, extra: str) -> bool:
    try:
        return requirement.marker is None or requirement.marker.evaluate({"extra": extra})
    except UndefinedComparison, UndefinedEnvironmentName:
        return False


def parse_metadata(candidate: Candidate, text: bytes) -> Metadata | str:
    message = HeaderParser().parsestr(text.decode("utf-8", "replace"))
    if canonicalize_name(message.get("Name", "")) != candidate.name:
        return "its METADATA is of another package"
    try:
        if Version(message.get("Version", "")) != candidate.version:
            return "its METADATA is of another version"
        requirements = tuple(Requirement(line) for line in message.get_all("Requires-Dist", []))
        for requirement in requirements:
            if requirement.marker is not None:
                requirement.marker.evaluate({"extra": ""})
    except InvalidVersion:
        return "its METADATA has no version"
    except InvalidRequirement as error:
        return f"its METADATA is invalid: {str(error).splitlines()[0]}"
    except UndefinedComparison, UndefinedEnvironmentName:
        return "its METADATA has a marker that means nothing"
    for requirement in requirements:
        if requirement.url is not None and applies(requirement, ""):
            return f"it needs {requirement}, a file at an address, which is not fetched"
    provided = frozenset(canonicalize_name(extra) for extra in message.get_all("Provides-Extra", []))
    return Metadata(requirements, message.get("Requires-Python"), provided)
