"""Markdown as desks keep it: the day that a text is of, where it tells one."""

import tomllib

import pytest

from pipeline.documents.read import read
from tests.pipeline.documents.files import FOLDER

TOLD = tomllib.loads((FOLDER / "markdown/expected.toml").read_text(encoding="utf-8"))


def test_every_text_is_told_of() -> None:
    assert {path.stem for path in (FOLDER / "markdown").glob("*.md")} == TOLD.keys()


@pytest.mark.parametrize("name", TOLD)
def test_a_text_gives_its_title_and_its_day(name: str) -> None:
    document = read((FOLDER / "markdown" / f"{name}.md").read_bytes())
    assert document.title == "Norway and Chile open trade talks in Oslo"
    days = [day and day.edtf for day in (document.published, document.updated)]
    assert days == [TOLD[name].get("published"), TOLD[name].get("updated")]
