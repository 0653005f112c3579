"""Writes `docs/dependencies.md`: what Readout stands on, by what the packages say of themselves and `docs/dependencies.toml`."""

import re
from collections.abc import Iterator
from email.utils import getaddresses
from importlib.metadata import PackageMetadata, distribution, metadata
from pathlib import Path

import msgspec
from msgspec import Struct
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/dependencies.md"
_LONGEST_LICENCE = 60  # characters; some packages have the whole text there
_PERMISSIVE = re.compile(r"MIT|BSD|Apache|ISC|PSF")
_BEGINNING = """\
# Dependencies

What Readout needs to run, what for, under which licence, and who keeps it, as the packages themselves say. `make dependencies` writes
this page from them and from [`docs/dependencies.toml`](dependencies.toml). [`requirements.lock`](../requirements.lock) has the
versions, with a hash of each file. `make audit` looks for known vulnerabilities in them, where the database of these is reached.

"""
_BROUGHT = """
## Licences that ask for more

All others, and what they bring along, are under MIT, BSD, Apache, ISC or PSF licences. These are used as they are published, as modules of
their own, neither changed nor copied, which is what their licences ask for. Whoever ships Readout as one binary must look at them again.

"""
_VENDORED = """
## In this repository

What others made and Readout carries itself, with its licence beside it, because its package has one author or none:

"""


class Vendored(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What others made and this repository carries."""

    name: str
    version: str
    purpose: str
    licence: str
    by: str
    where: str


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written by hand: purposes by package."""

    purposes: dict[str, str]
    vendored: list[Vendored]


def written() -> Written:
    return msgspec.toml.decode((ROOT / "docs/dependencies.toml").read_bytes(), type=Written)


def runtime() -> list[str]:
    """The packages that pyproject.toml asks for, as it names them."""
    project = msgspec.toml.decode((ROOT / "pyproject.toml").read_bytes())["project"]
    return sorted(canonicalize_name(Requirement(one).name) for one in project["dependencies"])


def licence_of(package: str) -> str:
    said = metadata(package)
    classified = ", ".join(
        one.rpartition(" :: ")[2] for one in _all(said, "Classifier") if one.startswith("License ::")
    )
    plain = next(iter(_all(said, "License")), "")
    short = plain if "\n" not in plain and len(plain) <= _LONGEST_LICENCE else ""
    expression = next(iter(_all(said, "License-Expression")), "")
    return expression or short or classified or plain.partition("\n")[0]


def maintainers_of(package: str) -> str:
    said = metadata(package)
    names = [*_all(said, "Author"), *_all(said, "Maintainer")]
    addresses = [*_all(said, "Author-email"), *_all(said, "Maintainer-email")]
    names += [name or address for name, address in getaddresses(addresses) if name or not names]
    return ", ".join(dict.fromkeys(name.rstrip(".") for name in names))


def _all(said: PackageMetadata, field: str) -> list[str]:
    return said.get_all(field) or []


def brought_along(
    package: str, extras: frozenset[str], seen: set[tuple[str, frozenset[str]]]
) -> Iterator[str]:
    """A package, and all that it needs here with these extras."""
    if (package, extras) in seen:
        return
    seen.add((package, extras))
    yield package
    for text in distribution(package).requires or []:
        needed = Requirement(text)
        if needed.marker is None or any(needed.marker.evaluate({"extra": each}) for each in ("", *extras)):
            yield from brought_along(canonicalize_name(needed.name), frozenset(needed.extras), seen)


def not_permissive() -> list[str]:
    """Packages, also those that others bring along, whose licence asks for more than to be named."""
    everything = set(brought_along("readout", frozenset(), set()))
    return sorted(package for package in everything if not _PERMISSIVE.search(licence_of(package)))


def _table(*rows: tuple[str, ...]) -> str:
    head, *rest = rows
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * len(head), *rest))


def page() -> str:
    by_hand = written()
    direct = [(name, by_hand.purposes[name], licence_of(name), maintainers_of(name)) for name in runtime()]
    asking = [(name, licence_of(name), maintainers_of(name)) for name in not_permissive()]
    vendored = [
        (f"{one.name} {one.version}", one.purpose, one.licence, one.by, f"[`{one.where}`](../{one.where})")
        for one in by_hand.vendored
    ]
    return (
        _BEGINNING
        + _table(("package", "what for", "licence", "kept by"), *direct)
        + _BROUGHT
        + _table(("package", "licence", "kept by"), *asking)
        + _VENDORED
        + _table(("what", "what for", "licence", "by", "where"), *vendored)
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
