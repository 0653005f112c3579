"""The house as a whole: arrows without a circle, one meaning a public name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("schemas", "prompts", "pipeline", "store", "worker", "api")
SHARED_NAMES = {
    "answered": "every module of `pipeline.extraction.kinds` has what a model answers of its kind under this name",
    "handlers": "every module of `api.http.resources` lists its handlers under this name",
    "log": "every module logs under its own room",
    "parse": "every module of `pipeline.documents.formats` that reads a format does it under this name",
    "propose": "every module of `pipeline.extraction.kinds` proposes its kind under this name",
    "verify": "every module of `pipeline.extraction.kinds` verifies its kind under this name",
}
"""Public names that several modules define, each with its reason."""


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


def _is_type_variable(value: ast.expr) -> bool:
    """A type variable is no name of a thing: it stands for whatever its function is given."""
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar"


def public_names(tree: ast.Module) -> Iterator[str]:
    """Classes, functions and constants that a module makes, also where it makes them under a condition."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and _is_type_variable(node.value):
            names = []
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = (part for target in targets for part in ast.walk(target))
            names = [
                part.id for part in named if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            ]
        elif isinstance(node, ast.If | ast.Try):
            inner = [*node.body, *node.orelse]
            names = list(dict.fromkeys(public_names(ast.Module(inner, type_ignores=[]))))
        else:
            names = []
        yield from (name for name in names if not name.startswith("_"))


def shared_names() -> dict[str, list[str]]:
    makers: dict[str, list[str]] = defaultdict(list)
    for module, path in modules().items():
        for name in dict.fromkeys(public_names(ast.parse(path.read_text("utf-8")))):
            makers[name].append(module)
    return {name: made_in for name, made_in in sorted(makers.items()) if len(made_in) > 1}


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What each module imports, inside of functions too, but for what only types need."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    return {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def test_every_module_is_looked_at(imports: dict[str, set[str]]) -> None:
    assert modules().keys() == {module for module in imports if "migrations" not in module.split(".")}
    assert imports["api.cli.processes"], "imports inside of functions count"


def test_a_circle_is_found() -> None:
    assert list(circles({"a": {"b"}, "b": {"c"}, "c": {"b"}})) == [["b", "c", "b"]]


def test_no_modules_import_each_other(imports: dict[str, set[str]]) -> None:
    assert [" -> ".join(reversed(circle)) for circle in circles(imports)] == []


def test_a_public_name_has_one_meaning() -> None:
    assert {name: made_in for name, made_in in shared_names().items() if name not in SHARED_NAMES} == {}


def test_no_exception_outlives_its_reason() -> None:
    assert [name for name in SHARED_NAMES if name not in shared_names()] == []


def test_the_house_has_no_more_modules_than_these() -> None:
    assert len(modules()) <= 290
