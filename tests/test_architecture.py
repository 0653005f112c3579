"""`docs/architecture.md` names what is there: files, and functions, classes and constants in them."""

import ast
import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
ROOMS = ("schemas", "prompts", "pipeline", "store", "worker", "api", "tests", "bench", "docs")
QUOTED = re.findall(r"`([^`\n]+)`", PAGE)
PLACES = sorted({one for one in QUOTED if one.startswith(tuple(f"{room}/" for room in ROOMS))})


def defined(path: str) -> set[str]:
    """Names of all that a module defines, at whatever depth; methods behind their class."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        match node:
            case ast.ClassDef(name=name, body=body):
                methods = (
                    one.name for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
                )
                names |= {name, *(f"{name}.{method}" for method in methods)}
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return names


@pytest.mark.parametrize("place", PLACES)
def test_what_it_names_is_there(place: str) -> None:
    path, _, name = place.partition("::")
    assert (ROOT / path).exists()
    assert not name or name in defined(path)


def test_it_names_much() -> None:
    assert len(PLACES) > 80
    assert sum("::" in place for place in PLACES) > 40


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert {room for room in rooms if f"`{room}/" not in PAGE} == set()
