"""`docs/dependencies.md` tells of everything that Readout needs to run, and is as the packages say today."""

from api.http.resources.service import SCALAR
from tests.dependencies import PAGE, ROOT, licence_of, maintainers_of, not_permissive, page, runtime, written


def test_the_page_is_fresh() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run `make dependencies`"


def test_every_dependency_has_its_purpose_and_no_other() -> None:
    assert sorted(written().purposes) == runtime()


def test_every_dependency_says_its_licence_and_who_keeps_it() -> None:
    assert [name for name in runtime() if not licence_of(name) or not maintainers_of(name)] == []


def test_few_licences_ask_for_more_than_to_be_named() -> None:
    assert not_permissive() == ["certifi", "psycopg", "psycopg-binary", "pycountry", "tld"]


def test_what_the_repository_carries_is_there_with_its_licence() -> None:
    for one in written().vendored:
        place = ROOT / one.where
        text = (place / "LICENSE" if place.is_dir() else place).read_text(encoding="utf-8")
        assert "Permission is hereby granted" in text and one.by in text
    scalar = next(one for one in written().vendored if one.name == "Scalar")
    assert scalar.version == SCALAR
