"""micropip without JavaScript: packages come by way of the broker, as those of imports do."""

import importlib.metadata
import json
import zipfile
from pathlib import Path
from urllib.parse import urlparse

import woma_changes
import woma_packages

_LAYER = "micropip._compat._compat_in_pyodide"
_MANAGER = "micropip.package_manager"
_LOCK = "/lib/pyodide-lock.json"
_SITE_PACKAGES = "/lib/python3.14/site-packages"


def install() -> None:
    # Another layer below micropip than the one that asks Pyodide's JavaScript, and its installer changed.
    woma_changes.replace(_LAYER, _fill_layer)
    woma_changes.change(_MANAGER, _change_manager)


def _fill_layer(module) -> None:
    module.CompatibilityInPyodide = _layer()


def _change_manager(module) -> None:
    manager = module.PackageManager
    manager.install = _installer(manager.install)
    manager.list_packages = _lister(module, manager.list_packages)


def _installer(native):
    async def install(
        self,
        requirements,
        keep_going=False,
        deps=True,
        credentials=None,
        pre=False,
        index_urls=None,
        *,
        constraints=None,
        reinstall=False,
        verbose=None,
    ):
        if index_urls is not None:
            raise ValueError("woma asks the package indexes that pip is configured for; set PIP_INDEX_URL, or pip.conf")
        if pre:
            raise ValueError("woma takes no pre-releases by a flag; ask for one by its version, as in 'name==2.0rc1'")
        given = [requirements] if isinstance(requirements, str) else list(requirements)
        local = [requirement for requirement in given if requirement.startswith("emfs:")]
        named = [requirement for requirement in given if requirement not in local]
        for wheel in local if deps else ():
            named += _dependencies(urlparse(wheel).path)
        if named:
            try:
                woma_packages.ask_for(named)
            except ImportError as error:
                # As micropip's own for a package that it does not find.
                raise ValueError(str(error)) from None
        if local:
            await native(self, local, keep_going, False, reinstall=reinstall, verbose=verbose)

    install.__doc__ = native.__doc__
    return install


def _lister(module, native):
    def list_packages(self):
        packages = native(self)
        lock = self.compat_layer.lockfile_packages
        versions = {lock[name]["name"]: lock[name]["version"] for name in lock}
        for part in importlib.metadata.distributions(path=[_SITE_PACKAGES]):
            if part.name not in packages:
                source = "pyodide" if versions.get(part.name) == part.version else "index"
                packages[part.name] = module.PackageMetadata(part.name, part.version, source)
        return packages

    list_packages.__doc__ = native.__doc__
    return list_packages


def _dependencies(wheel: str) -> list[str]:
    """What a wheel in the cell's own files needs here, as requirements."""
    from email.parser import HeaderParser

    from packaging.requirements import Requirement

    with zipfile.ZipFile(wheel) as archive:
        name = next((entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA")), None)
        fields = HeaderParser().parsestr(archive.read(name).decode() if name else "")
    wanted = [Requirement(line) for line in fields.get_all("Requires-Dist", [])]
    needed = [each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    for each in needed:
        each.marker = None
    return [str(each) for each in needed]


def _layer() -> type:
    from micropip._compat._compat_not_in_pyodide import CompatibilityNotInPyodide

    lock = json.loads(Path(_LOCK).read_bytes())

    class CompatibilityInPyodide(CompatibilityNotInPyodide):
        lockfile_info = lock["info"]
        lockfile_packages = lock["packages"]

        @staticmethod
        async def fetch_bytes(url, kwargs):
            parsed = urlparse(url)
            if parsed.scheme == "emfs":
                return Path(parsed.path).read_bytes()
            return await CompatibilityNotInPyodide.fetch_bytes(url, kwargs)

        @staticmethod
        async def loadPackage(names):
            woma_packages.ask_for([names] if isinstance(names, str) else list(names))

    return CompatibilityInPyodide
