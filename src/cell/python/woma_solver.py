"""Chooses versions, with pip's own libraries, on what the broker says of indexes. What METADATA says is anybody's."""

import email.parser
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import woma_kernel
from packaging.markers import UndefinedComparison, UndefinedEnvironmentName, default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, ResolutionTooDeep, Resolver

MOST_ROUNDS = 3000
# Of versions in a message.
MOST_SHOWN = 400


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
    exactly: "Candidate | None" = None


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

    def key(self) -> tuple[str, str, str]:
        return self.name, str(self.version), self.file


class Failure(Exception):
    """Words that the broker makes a message of."""

    def __init__(self, kind: str, **details: object) -> None:
        self.details = {"kind": kind, **details}


def solve(task: dict) -> dict:
    try:
        return {"packages": Solver(task).solve()}
    except Failure as failure:
        return {"failure": failure.details}


class Solver:
    def __init__(self, task: dict) -> None:
        self.task = task
        self.roots = [root for item in task["requirements"] if (root := self.wanted_of(item)) is not None]
        self.indexes = Indexes(task)

    def solve(self) -> list[dict]:
        self.indexes.constraints = [self.wanted_of(item) for item in self.task["constraints"]]
        for _ in range(MOST_REREADINGS):
            result = self.attempt()
            if not self.indexes.read_where_it_matters(result.mapping.values()):
                break
        return listed(result, self.indexes)

    def attempt(self):
        resolver = Resolver(Provider(self.indexes), BaseReporter())
        try:
            return resolver.resolve(self.roots, max_rounds=MOST_ROUNDS)
        except ResolutionImpossible as error:
            raise self.explained(error) from None
        except ResolutionTooDeep:
            raise Failure("too-deep", rounds=MOST_ROUNDS) from None

    def explained(self, error: ResolutionImpossible) -> Failure:
        """Which requirements exclude each other, or what it is that no index has."""
        wanted = [
            {"text": cause.requirement.text, "by": cause.requirement.by}
            for cause in error.causes
            if cause.requirement.exactly is None
        ]
        unique = [item for number, item in enumerate(wanted) if item not in wanted[:number]]
        names = list(dict.fromkeys(cause.requirement.name for cause in error.causes))
        return Failure("conflict", wanted=unique, projects=[self.indexes.described(name) for name in names])

    def wanted_of(self, item: dict) -> Wanted | None:
        """A requirement of the user's; None when its marker says that it does not concern this interpreter."""
        try:
            requirement = Requirement(item["text"])
        except InvalidRequirement as error:
            raise Failure("invalid", text=item["text"], by=item["source"], reason=str(error).split("\n")[0]) from None
        if requirement.url is not None:
            raise Failure("url", text=item["text"], by=item["source"])
        if requirement.marker is not None and not requirement.marker.evaluate():
            return None
        return wanted_from(requirement, item["source"], frozenset(item["hashes"]))


# A lock package is read once more at most for each of the others.
MOST_REREADINGS = 8


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


class Indexes:
    """What is known of projects and their files: asked of the broker once, when it is wanted."""

    def __init__(self, task: dict) -> None:
        self.lock = task["lock"]
        self.present = task["present"]
        self.preferred = {name: Version(version) for name, version in task["preferred"].items()}
        self.constraints: list[Wanted | None] = []
        self.python = Version(default_environment()["python_full_version"])
        self.files: dict[str, list[Candidate]] = {}
        self.unusable: dict[str, dict[str, str]] = {}
        self.exhausted: set[str] = set()
        self.metadata: dict[tuple[str, str, str], Metadata | str] = {}
        # Packages of the lock whose own METADATA is used, not what the lock says of it.
        self.read: set[str] = set()

    def candidates(self, name: str, allowed, pinned: bool) -> Iterator[Candidate]:
        """The best first. The index is asked when nothing else will do."""
        if (version := self.present.get(name)) is not None:
            yield Candidate(name, Version(version), "present")
            return
        if (entry := self.lock.get(name)) is not None:
            depends = tuple(entry["depends"])
            yield Candidate(name, Version(entry["version"]), "lock", entry["file"], entry["sha256"], depends=depends)
        found = False
        while True:
            for candidate in self.ordered(name, allowed, pinned):
                found = True
                yield candidate
            # Only where no version of one index will do is the next one asked.
            if found or not self.ask(name):
                return

    def ordered(self, name: str, allowed, pinned: bool) -> list[Candidate]:
        if name not in self.files:
            self.ask(name)
        usable = [
            each for each in self.files[name] if (not each.yanked or pinned) and fits_python(each, self.python)
        ]
        by_version: dict[Version, Candidate] = {}
        for each in usable:
            by_version.setdefault(each.version, each)
        versions = sorted(allowed(by_version), reverse=True)
        if (preferred := self.preferred.get(name)) in versions:
            versions.remove(preferred)
            versions.insert(0, preferred)
        return [by_version[version] for version in versions]

    def ask(self, name: str) -> bool:
        """Has the broker ask the next index that may have it; False when there is none left."""
        self.files.setdefault(name, [])
        if name in self.exhausted:
            return False
        reply, listing = woma_kernel.request("index-project", name=name)
        if not reply.get("found"):
            self.exhausted.add(name)
            return False
        page = json.loads(listing)
        for entry in page["files"]:
            try:
                version = Version(entry["version"])
            except InvalidVersion:
                continue
            self.files[name].append(
                Candidate(
                    name,
                    version,
                    "index",
                    entry["file"],
                    entry["sha256"],
                    entry["requiresPython"],
                    entry["yanked"],
                )
            )
        self.unusable.setdefault(name, {}).update(page["unusable"])
        return True

    def metadata_of(self, candidate: Candidate) -> "Metadata | str":
        """Its METADATA, or why there is none."""
        key = candidate.key()
        if key not in self.metadata:
            reply, text = woma_kernel.request("index-metadata", project=candidate.name, file=candidate.file)
            self.metadata[key] = parse_metadata(candidate, text) if reply.get("found") else "it cannot be had"
        return self.metadata[key]

    def dependencies(self, candidate: Candidate) -> Iterator[Wanted]:
        if candidate.extras:
            base = Candidate(**{**vars(candidate), "extras": frozenset()})
            yield Wanted(base.name, frozenset(), SpecifierSet(), base.name, shown(candidate), exactly=base)
            yield from self.extra_dependencies(candidate)
        elif candidate.origin == "lock":
            yield from self.lock_dependencies(candidate)
        elif candidate.origin == "index":
            metadata = self.metadata_of(candidate)
            if isinstance(metadata, Metadata):
                yield from metadata.wanted(shown(candidate), frozenset())

    def lock_dependencies(self, candidate: Candidate) -> Iterator[Wanted]:
        """The lock says what is needed here; which versions of it is in METADATA, which is looked up if it matters."""
        known = self.metadata_of(candidate) if candidate.name in self.read else None
        exact = known.wanted(shown(candidate), frozenset()) if isinstance(known, Metadata) else ()
        specified = {wanted.name: wanted for wanted in exact}
        for name in candidate.depends:
            plain = Wanted(name, frozenset(), SpecifierSet(), name, shown(candidate))
            yield specified.get(name, plain)

    def extra_dependencies(self, candidate: Candidate) -> Iterator[Wanted]:
        known = self.known_file(candidate)
        metadata = self.metadata_of(known) if known is not None else "it cannot be had"
        if isinstance(metadata, str):
            raise Failure("no-metadata", name=candidate.name, version=str(candidate.version), reason=metadata)
        yield from metadata.wanted(shown(candidate), candidate.extras)

    def known_file(self, candidate: Candidate) -> Candidate | None:
        """What is there already came from a file that the lock or an index has."""
        if candidate.origin != "present":
            return Candidate(**{**vars(candidate), "extras": frozenset()})
        entry = self.lock.get(candidate.name)
        if entry is not None and Version(entry["version"]) == candidate.version:
            return Candidate(candidate.name, candidate.version, "lock", entry["file"], entry["sha256"])
        while True:
            for each in self.files.get(candidate.name, []):
                if each.version == candidate.version:
                    return each
            if not self.ask(candidate.name):
                return None

    def read_where_it_matters(self, chosen) -> bool:
        """Whether a package of the lock depends on one that is not, and its METADATA has only now been looked at."""
        chosen = list(chosen)
        others = {each.name for each in chosen if each.origin != "lock"}
        doubtful = {
            each.name
            for each in chosen
            if each.origin == "lock" and each.name not in self.read and others.intersection(each.depends)
        }
        self.read |= doubtful
        return bool(doubtful)

    def described(self, name: str) -> dict:
        """What there is of a project, for a message."""
        versions = {each.version: each for each in reversed(self.files.get(name, []))}
        if (entry := self.lock.get(name)) is not None:
            versions[Version(entry["version"])] = Candidate(name, Version(entry["version"]), "lock")
        unfit = {
            str(version): f"needs Python {each.requires_python}"
            for version, each in versions.items()
            if not fits_python(each, self.python)
        }
        reasons = {
            str(each.version): reason
            for each in self.files.get(name, [])
            if isinstance(reason := self.metadata.get(each.key()), str)
        }
        return {
            "name": name,
            "present": self.present.get(name),
            "known": bool(versions or self.unusable.get(name)) or name in self.present,
            "versions": [str(version) for version in sorted(versions, reverse=True)][:MOST_SHOWN],
            "yanked": [str(version) for version, each in versions.items() if each.yanked][:MOST_SHOWN],
            "unfit": dict(list({**unfit, **reasons}.items())[:MOST_SHOWN]),
            "unusable": dict(list(self.unusable.get(name, {}).items())[:MOST_SHOWN]),
        }


def fits_python(candidate: Candidate, python: Version) -> bool:
    if candidate.requires_python is None:
        return True
    try:
        return SpecifierSet(candidate.requires_python).contains(python, prereleases=True)
    except InvalidSpecifier:
        # As pip: nonsense excludes nothing.
        return True


def shown(candidate: Candidate) -> str:
    extras = f"[{','.join(sorted(candidate.extras))}]" if candidate.extras else ""
    return f"{candidate.name}{extras} {candidate.version}"


@dataclass(frozen=True)
class Metadata:
    requirements: tuple[Requirement, ...]
    requires_python: str | None

    def wanted(self, by: str, extras: frozenset[str]) -> Iterator[Wanted]:
        """Without extras what is always needed, else only what these need besides."""
        for requirement in self.requirements:
            always = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            chosen = always
            if extras:
                chosen = not always and any(requirement.marker.evaluate({"extra": extra}) for extra in extras)
            if chosen:
                yield wanted_from(requirement, by)


def parse_metadata(candidate: Candidate, text: bytes) -> Metadata | str:
    message = email.parser.HeaderParser().parsestr(text.decode("utf-8", "replace"))
    if canonicalize_name(message.get("Name", "")) != candidate.name:
        return "its METADATA is of another package"
    try:
        if Version(message.get("Version", "")) != candidate.version:
            return "its METADATA is of another version"
        requirements = tuple(Requirement(line) for line in message.get_all("Requires-Dist", []))
    except InvalidVersion:
        return "its METADATA has no version"
        for requirement in requirements:
            if requirement.marker is not None:
                requirement.marker.evaluate({"extra": ""})
    except InvalidRequirement as error:
        return f"its METADATA is invalid: {str(error).splitlines()[0]}"
    except (UndefinedComparison, UndefinedEnvironmentName):
        return "its METADATA has a marker that means nothing"
    if any(requirement.url is not None for requirement in requirements):
        return "it depends on a file at an address of its own"
    return Metadata(requirements, message.get("Requires-Python"))


class Provider(AbstractProvider):
    """What resolvelib asks."""

    def __init__(self, indexes: Indexes) -> None:
        self.indexes = indexes

    def identify(self, requirement_or_candidate):
        return requirement_or_candidate.name, tuple(sorted(requirement_or_candidate.extras))

    def get_preference(self, identifier, resolutions, candidates, information, backtrack_causes):
        name, extras = identifier
        wanted = [each.requirement for each in information[identifier]]
        pinned = any(is_pinned(each.specifier) or each.exactly for each in wanted)
        troubled = any(
            cause.requirement.name == name or (cause.parent is not None and cause.parent.name == name)
            for cause in backtrack_causes
        )
        asked = any(each.parent is None for each in information[identifier])
        local = name in self.indexes.present or name in self.indexes.lock
        return not pinned, not troubled, not local, not asked, name, extras

    def find_matches(self, identifier, requirements, incompatibilities):
        name, extras = identifier
        wanted = [each for key in ((name, ()), identifier) if key in requirements for each in requirements[key]]
        wanted = list(dict.fromkeys(wanted))
        wanted += [each for each in self.indexes.constraints if each is not None and each.name == name]
        excluded = {each.key() for each in incompatibilities.get(identifier, ())}
        return lambda: self.matches(name, extras, wanted, excluded)

    def matches(self, name, extras, wanted, excluded):
        exact = next((each.exactly for each in wanted if each.exactly is not None), None)
        specifier = SpecifierSet()
        for each in wanted:
            specifier &= each.specifier
        pinned = any(is_pinned(each.specifier) for each in wanted)
        hashes = [each.hashes for each in wanted if each.hashes]

        def allowed(versions):
            return specifier.filter(versions)

        for candidate in [exact] if exact is not None else self.indexes.candidates(name, allowed, pinned):
            if candidate.key() in excluded or not specifier.contains(candidate.version, prereleases=True):
                continue
            if candidate.origin != "present" and not all(candidate.sha256 in each for each in hashes):
                continue
            if candidate.origin == "index" and not self.is_usable(candidate):
                continue
            yield Candidate(**{**vars(candidate), "extras": frozenset(extras)}) if extras else candidate

    def is_usable(self, candidate: Candidate) -> bool:
        metadata = self.indexes.metadata_of(candidate)
        if isinstance(metadata, str):
            return False
        if candidate.requires_python is None and metadata.requires_python is not None:
            return fits_python(Candidate(**{**vars(candidate), "requires_python": metadata.requires_python}), self.indexes.python)
        return True

    def is_satisfied_by(self, requirement, candidate):
        if requirement.exactly is not None and requirement.exactly.key() != candidate.key():
            return False
        if requirement.hashes and candidate.origin != "present" and candidate.sha256 not in requirement.hashes:
            return False
        return requirement.specifier.contains(candidate.version, prereleases=True)

    def get_dependencies(self, candidate):
        return list(self.indexes.dependencies(candidate))


def is_pinned(specifier: SpecifierSet) -> bool:
    return any(each.operator == "===" or (each.operator == "==" and "*" not in each.version) for each in specifier)


def listed(result, indexes: Indexes) -> list[dict]:
    """What was chosen, each after what it depends on, and who asked for it."""
    chosen = {}
    asked: dict[str, list[str]] = {}
    needs: dict[str, list[str]] = {}
    for identifier, candidate in result.mapping.items():
        chosen.setdefault(candidate.name, candidate)
        for information in result.criteria[identifier].information:
            wanted = information.requirement
            by = information.parent.name if information.parent is not None else wanted.by
            if wanted.exactly is None and by not in (candidate.name, *asked.setdefault(candidate.name, [])):
                asked[candidate.name].append(by)
            if information.parent is not None:
                needs.setdefault(information.parent.name, []).append(candidate.name)
    ordered: list[str] = []
    for name in sorted(chosen):
        add_after_needs(name, needs, ordered, set())
    return [
        {
            "name": name,
            "version": str(chosen[name].version),
            "origin": chosen[name].origin,
            "file": chosen[name].file,
            "requiredBy": asked.get(name, []),
        }
        for name in ordered
        if chosen[name].origin != "present"
    ]


def add_after_needs(name: str, needs: dict[str, list[str]], ordered: list[str], under_way: set[str]) -> None:
    if name in ordered or name in under_way:
        return
    under_way.add(name)
    for other in needs.get(name, []):
        add_after_needs(other, needs, ordered, under_way)
    ordered.append(name)
