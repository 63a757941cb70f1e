"""What the broker says of projects and their files, asked for when the solver wants it."""

import contextlib
import json
from collections.abc import Iterator

import woma_kernel
from packaging.markers import default_environment
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version
from woma_wanted import Candidate, Failure, Metadata, Wanted, allows_python, has_hash, parse_metadata, shown

# Of versions in a message.
MOST_SHOWN = 400
NOT_TO_BE_HAD = "its METADATA cannot be had"


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
        self.metadata: dict[tuple[str, str, str, str], Metadata | str] = {}
        # Packages of the lock whose own METADATA is used, not what the lock says of it.
        self.read: set[str] = set()
        # Extras that a version does not have, by name and version.
        self.unknown_extras: dict[tuple[str, Version], list[str]] = {}

    def candidates(self, name: str, allowed, pinned: bool, hashes: list[frozenset[str]]) -> Iterator[Candidate]:
        """The best first. The index is asked when nothing else will do."""
        if (version := self.present.get(name)) is not None:
            yield Candidate(name, Version(version), "present")
            return
        if (entry := self.lock.get(name)) is not None:
            depends = tuple(entry["depends"])
            yield Candidate(name, Version(entry["version"]), "lock", entry["file"], entry["sha256"], depends=depends)
        self.look_for_preferred(name, allowed)
        found = False
        while True:
            for candidate in self.ordered(name, allowed, pinned, hashes):
                found = True
                yield candidate
            # Only where no version of one index will do is the next one asked.
            if found or not self.ask(name):
                return

    def look_for_preferred(self, name: str, allowed) -> None:
        """A later index may have the very version."""
        preferred = self.preferred.get(name)
        if preferred is None or not list(allowed([preferred])):
            return
        while all(each.version != preferred for each in self.files.get(name, ())):
            if not self.ask(name):
                return

    def ordered(self, name: str, allowed, pinned: bool, hashes: list[frozenset[str]]) -> list[Candidate]:
        if name not in self.files:
            self.ask(name)
        usable = [
            each
            for each in self.files[name]
            if (not each.yanked or pinned)
            and allows_python(each.requires_python, self.python)
            and has_hash(each, hashes)
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
        # Of two indexes' files of one name the broker means the first.
        known = {each.file for each in self.files[name]}
        for entry in page["files"]:
            if entry["file"] in known:
                continue
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

    def metadata_of(self, candidate: Candidate) -> Metadata | str:
        """Its METADATA, or why there is none."""
        key = candidate.key()
        if key not in self.metadata:
            reply, text = woma_kernel.request("index-metadata", project=candidate.name, file=candidate.file)
            self.metadata[key] = parse_metadata(candidate, text) if reply.get("found") else NOT_TO_BE_HAD
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
        problem = NOT_TO_BE_HAD
        for known in self.files_of(candidate):
            metadata = self.metadata_of(known)
            if isinstance(metadata, Metadata):
                unknown = sorted(extra for extra in candidate.extras if not metadata.has_extra(extra))
                self.unknown_extras.setdefault((candidate.name, candidate.version), []).extend(unknown)
                yield from metadata.wanted(shown(candidate), candidate.extras)
                return
            problem = metadata
        raise Failure("no-metadata", name=candidate.name, version=str(candidate.version), reason=problem)

    def files_of(self, candidate: Candidate) -> Iterator[Candidate]:
        """The file itself; else what the lock or an index has of the same version, whose METADATA will be the same."""
        if candidate.origin != "present":
            yield Candidate(**{**vars(candidate), "extras": frozenset()})
        entry = self.lock.get(candidate.name)
        if candidate.origin == "present" and entry is not None and Version(entry["version"]) == candidate.version:
            yield Candidate(candidate.name, candidate.version, "lock", entry["file"], entry["sha256"])
        if candidate.origin == "index":
            return
        looked_at = 0
        while True:
            known = self.files.get(candidate.name, [])
            yield from (each for each in known[looked_at:] if each.version == candidate.version)
            looked_at = len(known)
            if not self.ask(candidate.name):
                return

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

    def described(self, name: str, bound: SpecifierSet, hashes: list[frozenset[str]]) -> dict:
        """What there is of a project, and why what would be within these bounds does not count, for a message."""
        files = self.files.get(name, [])
        excluded: dict[Version, str] = {}
        for version, what in self.unusable.get(name, {}).items():
            with contextlib.suppress(InvalidVersion):
                excluded[Version(version)] = f"has {what}"
        for each in files:
            if each.yanked:
                excluded[each.version] = "was withdrawn"
            if not allows_python(each.requires_python, self.python):
                excluded[each.version] = f"needs Python {each.requires_python}"
            elif isinstance(reason := self.metadata.get(each.key()), str):
                excluded[each.version] = f"is left out: {reason}"
        versions = {each.version for each in files if each.version not in excluded}
        if (entry := self.lock.get(name)) is not None:
            versions.add(Version(entry["version"]))
            files = [Candidate(name, Version(entry["version"]), "lock", entry["file"], entry["sha256"]), *files]
        within = [version for version in sorted(excluded, reverse=True) if version not in versions]
        fit = [each for each in files if each.version in versions and bound.contains(each.version, prereleases=True)]
        others = fit if hashes and not any(has_hash(each, hashes) for each in fit) else []
        fitting = [version for version in within if bound.contains(version, prereleases=True)]
        return {
            "name": name,
            "present": self.present.get(name),
            "distributedFits": name in self.preferred and bound.contains(self.preferred[name], prereleases=True),
            "known": bool(versions or excluded or name in self.present),
            "versions": [str(version) for version in sorted(versions, reverse=True)[:MOST_SHOWN]],
            "excluded": {str(version): excluded[version] for version in fitting[:MOST_SHOWN]},
            # Files that would do, but for the hashes that are demanded.
            "otherHashes": {each.file: each.sha256 or "" for each in others[:MOST_SHOWN]},
        }
