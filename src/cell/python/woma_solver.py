"""Chooses versions, with pip's own libraries, on what the broker says of indexes. What METADATA says is anybody's."""

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, ResolutionTooDeep, Resolver
from woma_indexes import Indexes
from woma_wanted import Candidate, Failure, Metadata, Wanted, allows_python, has_hash, is_pinned, wanted_from

MOST_ROUNDS = 3000


def solve(task: dict) -> dict:
    try:
        return Solver(task).solve()
    except Failure as failure:
        return {"failure": failure.details}


class Solver:
    """One task."""

    def __init__(self, task: dict) -> None:
        self.task = task
        self.roots = [root for item in task["requirements"] if (root := self.wanted_of(item)) is not None]
        self.indexes = Indexes(task)

    def solve(self) -> dict:
        self.indexes.constraints = [self.wanted_of(item) for item in self.task["constraints"]]
        for _ in range(MOST_REREADINGS):
            result = self.attempt()
            if not self.indexes.read_where_it_matters(result.mapping.values()):
                break
        return {"packages": listed(result, self.indexes), "unknownExtras": unknown_extras(result, self.indexes)}

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
            {
                "text": cause.requirement.text,
                "by": cause.requirement.by,
                "hashes": sorted(cause.requirement.hashes),
            }
            for cause in error.causes
            if cause.requirement.exactly is None
        ]
        unique = [item for number, item in enumerate(wanted) if item not in wanted[:number]]
        bounds: dict[str, SpecifierSet] = {}
        hashes: dict[str, list[frozenset[str]]] = {}
        for cause in error.causes:
            name = cause.requirement.name
            hashes.setdefault(name, []).extend([cause.requirement.hashes] if cause.requirement.hashes else [])
            bounds[name] = bounds.get(name, SpecifierSet()) & cause.requirement.specifier
        projects = [self.indexes.described(name, bound, hashes[name]) for name, bound in bounds.items()]
        return Failure("conflict", wanted=unique, projects=projects)

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

        for candidate in [exact] if exact is not None else self.indexes.candidates(name, allowed, pinned, hashes):
            if candidate.key() in excluded or not specifier.contains(candidate.version, prereleases=True):
                continue
            if candidate.origin != "present" and not has_hash(candidate, hashes):
                continue
            if candidate.origin == "index" and not self.is_usable(candidate):
                continue
            yield Candidate(**{**vars(candidate), "extras": frozenset(extras)}) if extras else candidate

    def is_usable(self, candidate: Candidate) -> bool:
        metadata = self.indexes.metadata_of(candidate)
        return isinstance(metadata, Metadata) and allows_python(metadata.requires_python, self.indexes.python)

    def is_satisfied_by(self, requirement, candidate):
        if requirement.exactly is not None and requirement.exactly.key() != candidate.key():
            return False
        if requirement.hashes and candidate.origin != "present" and candidate.sha256 not in requirement.hashes:
            return False
        return requirement.specifier.contains(candidate.version, prereleases=True)

    def get_dependencies(self, candidate):
        return list(self.indexes.dependencies(candidate))


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


def unknown_extras(result, indexes: Indexes) -> list[dict]:
    """What was asked for of the chosen versions, and they do not have."""
    chosen = dict.fromkeys((each.name, each.version) for each in result.mapping.values())
    return [
        {"name": name, "version": str(version), "extra": extra}
        for name, version in chosen
        for extra in dict.fromkeys(indexes.unknown_extras.get((name, version), ()))
    ]


def add_after_needs(name: str, needs: dict[str, list[str]], ordered: list[str], under_way: set[str]) -> None:
    if name in ordered or name in under_way:
        return
    under_way.add(name)
    for other in needs.get(name, []):
        add_after_needs(other, needs, ordered, under_way)
    ordered.append(name)
