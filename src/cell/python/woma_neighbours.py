"""Imports the modules beside the script through the broker, which hands over source and package data by name."""

import importlib.abc
import importlib.machinery
import importlib.resources.abc
import io
import os
import sys

import woma_kernel

# No path of the host's is longer, and no request may be.
LONGEST_NAME = 4096


def install(directory: str) -> None:
    """Makes `directory`, on sys.path, and the packages below it importable."""
    root = directory.rstrip("/") or "/"

    def path_hook(path: str) -> NeighbourFinder:
        if path != root and not path.startswith(root.rstrip("/") + "/"):
            raise ImportError("not beside the script", path=path)
        package = path[len(root) :].strip("/")
        if package and not all(part.isidentifier() for part in package.split("/")):
            raise ImportError("not a package beside the script", path=path)
        return NeighbourFinder(path, package.replace("/", "."))

    sys.path_hooks.insert(0, path_hook)
    sys.path_importer_cache.clear()


class NeighbourFinder(importlib.abc.PathEntryFinder):
    """One directory beside the script: the script's own, or a package's."""

    def __init__(self, path: str, package: str) -> None:
        self.path = path
        self._package = package

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition(".")[2]
        name = f"{self._package}.{tail}" if self._package else tail
        if len(name) > LONGEST_NAME:
            return None
        reply, source = woma_kernel.request("module", name=name)
        kind = reply["kind"]
        if kind == "none":
            return None
        # The broker may have followed links; Python names a module's file by the path it was looked for on.
        base = os.path.join(self.path, tail)
        if kind == "namespace":
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [base]
            return spec
        path = os.path.join(base, "__init__.py") if kind == "package" else base + ".py"
        loader = NeighbourLoader(fullname, name, path, source)
        spec = importlib.machinery.ModuleSpec(fullname, loader, origin=path, is_package=kind == "package")
        spec.has_location = True
        if kind == "package":
            spec.submodule_search_locations = [base]
        return spec

    def invalidate_caches(self):
        pass


class NeighbourLoader(importlib.abc.SourceLoader):
    def __init__(self, fullname: str, name: str, path: str, source: bytes) -> None:
        self.name = fullname
        self.path = path
        self._package = name if path.endswith("/__init__.py") else name.rpartition(".")[0]
        self._source = source

    def get_filename(self, fullname=None):
        return self.path

    def path_stats(self, path):
        # Without a time stamp there is no bytecode cache, which there would be no place for.
        raise OSError("no file")

    def get_data(self, path):
        if path == self.path:
            return self._source
        directory = os.path.dirname(self.path)
        relative = os.path.relpath(path, directory)
        return read_resource(self._package, relative, path)

    def get_resource_reader(self, fullname):
        return NeighbourResources(self._package, os.path.dirname(self.path))


class NeighbourResources(importlib.resources.abc.TraversableResources):
    def __init__(self, package: str, directory: str) -> None:
        self._root = NeighbourResource(package, directory, "")

    def files(self):
        return self._root


class NeighbourResource(importlib.resources.abc.Traversable):
    """A path below a package. The broker gives files by name and never lists a directory."""

    def __init__(self, package: str, directory: str, relative: str) -> None:
        self._package = package
        self._directory = directory
        self._relative = relative

    @property
    def name(self):
        return os.path.basename(self._relative or self._directory)

    def __str__(self):
        return os.path.join(self._directory, self._relative) if self._relative else self._directory

    def joinpath(self, *descendants):
        relative = os.path.join(self._relative, *[os.fspath(part) for part in descendants])
        return NeighbourResource(self._package, self._directory, relative)

    __truediv__ = joinpath

    def is_file(self):
        try:
            self.read_bytes()
        except OSError:
            return False
        return True

    def is_dir(self):
        return not self._relative

    def iterdir(self):
        raise PermissionError(13, "woma does not list a package's directory; name the file", str(self))

    def read_bytes(self):
        return read_resource(self._package, self._relative, str(self))

    def read_text(self, encoding=None, errors=None):
        with self.open("r", encoding=encoding or "utf-8", errors=errors) as stream:
            return stream.read()

    def open(self, mode="r", *args, **kwargs):
        stream = io.BytesIO(self.read_bytes())
        return stream if "b" in mode else io.TextIOWrapper(stream, *args, **kwargs)


def read_resource(package: str, relative: str, path: str) -> bytes:
    """A package data file's bytes; FileNotFoundError naming `path` when the broker has none to give."""
    if package and len(package) <= LONGEST_NAME and len(relative) <= LONGEST_NAME:
        reply, data = woma_kernel.request("resource", package=package, path=relative)
        if reply["found"]:
            return data
    raise FileNotFoundError(2, os.strerror(2), path)
