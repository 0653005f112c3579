"""The house as a whole: arrows between modules have no circle."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("schemas", "prompts", "pipeline", "store", "worker", "api")


def modules() -> dict[str, Path]:
    """Every product module by its name, without migrations."""
    found = {}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts:
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def circles(imports: dict[str, set[str]]) -> Iterator[list[str]]:
    """Modules that import each other, until an arrow of each circle has been taken away."""
    left = {module: set(imported) for module, imported in imports.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = error.args[1]
            yield circle
            left[circle[1]].discard(circle[0])
        else:
            return


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What each module imports, inside of functions too, but for what only types need."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    return {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def test_every_module_is_looked_at(imports: dict[str, set[str]]) -> None:
    assert modules().keys() == {module for module in imports if "migrations" not in module.split(".")}
    assert imports["api.cli.serve"], "imports inside of functions count"


def test_a_circle_is_found() -> None:
    assert list(circles({"a": {"b"}, "b": {"c"}, "c": {"b"}})) == [["b", "c", "b"]]


def test_no_modules_import_each_other(imports: dict[str, set[str]]) -> None:
    assert [" -> ".join(reversed(circle)) for circle in circles(imports)] == []
