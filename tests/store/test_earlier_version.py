"""Databases that versions before wrote, by their own workers: this one serves from them what those served.

Each is its two files and its answers by path. A list is kept as all its pages, each of which begins where the cursor of
the one before says. `0013` is of the samples, with a briefing that was split; `0013-model` of invented documents, some of
which a language model read, some our rules in its stead, and one was withdrawn. Shapes have grown since: of what there
was then, nothing may be different.
"""

import lzma
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import MetaData, create_engine, select

from schemas import BriefingDiff, BriefingSummary, DocumentReadout, proofs_of
from schemas.briefing import Briefing
from schemas.facts import Fact
from schemas.kinds import KINDS, facts_of
from store.engine import connect
from store.migrate import migrate
from tests.api.conftest import Client, serving
from tests.store.following import apply
from tests.store.test_migrations import fill
from worker.jobs import prepare

EARLIER = Path(__file__).parent / "earlier"
FROM = ("0013", "0013-model")
CHANGES = "/v1/changes"
Page = dict[str, Any]


class Served(msgspec.Struct):
    """What a version before answered, by path."""

    answers: dict[str, Any]
    lists: dict[str, list[Page]]


SERVED = {
    name: msgspec.json.decode(lzma.decompress((EARLIER / name / "served.json.xz").read_bytes()), type=Served)
    for name in FROM
}
ANSWERS = [(name, path) for name in FROM for path in SERVED[name].answers]
LISTS = [(name, path) for name in FROM for path in SERVED[name].lists if not path.startswith(CHANGES)]


def unpacked(version: str, name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(lzma.decompress((EARLIER / version / f"{name}.xz").read_bytes()))
    return path


def rows_of(database: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of an SQLite database by table, without what its full-text search keeps."""
    engine = create_engine(f"sqlite:///{database}")
    tables = MetaData()
    tables.reflect(engine, only=lambda name, _: not name.startswith("search_words"))
    with engine.connect() as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.sorted_tables
            if table.name not in ("alembic_version", "freshness")
        }
    engine.dispose()
    return {name: given for name, given in rows.items() if given}


def as_before(now: Any, before: Any) -> Any:
    """What is served now, without the fields that are new, and without what changed in these."""
    match now, before:
        case [{"pointer": _}, *_], [{"pointer": _}, *_]:
            changes = {change["pointer"]: change for change in now}
            return [as_before(changes.get(change["pointer"]), change) for change in before]
        case dict(), dict():
            return {name: as_before(now[name], before[name]) if name in before else None for name in before}
        case list(), list() if len(now) == len(before):
            return [as_before(*pair) for pair in zip(now, before, strict=True)]
    return now


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Client]]:
    """This version on the files of each version before, migrated."""
    with ExitStack() as stack:
        found = {}
        for name in FROM:
            folder = tmp_path_factory.mktemp(name)
            url = f"sqlite:///{unpacked(name, 'readout.db', folder)}"
            unpacked(name, "readout-jobs.db", folder)
            prepare(url)
            found[name] = stack.enter_context(serving(url))
        yield found


@pytest.mark.parametrize("version", FROM)
def test_what_is_recorded_is_all_that_is_to_be_compared(version: str) -> None:
    served = SERVED[version]
    kinds = {path.split("?")[0].removeprefix("/v1/").split("/")[0] for path in served.lists}
    assert kinds >= {kind.plural for kind in KINDS} | {"conflicts", "briefings", "changes", "search", "jobs"}
    assert sum(len(pages) > 1 for pages in served.lists.values()) > 15
    assert any("/diff?" in path for path in served.answers)


@pytest.mark.parametrize(("version", "path"), ANSWERS)
def test_an_answer_is_the_one_of_the_version_before(
    clients: dict[str, Client], version: str, path: str
) -> None:
    before = SERVED[version].answers[path]
    assert as_before(clients[version].get(path).json(), before) == before


@pytest.mark.parametrize(("version", "path"), LISTS)
def test_a_list_goes_on_from_the_cursors_of_the_version_before(
    clients: dict[str, Client], version: str, path: str
) -> None:
    asked = path
    for page in SERVED[version].lists[path]:
        assert as_before(clients[version].get(asked).json(), page) == page
        asked = f"{path}&cursor={page['next_cursor']}"


@pytest.mark.parametrize("version", FROM)
def test_a_copy_that_a_version_before_began_is_brought_to_what_is_served_now(
    clients: dict[str, Client], version: str
) -> None:
    """From whichever cursor, and in this version's shapes: all that has one is told anew."""
    client = clients[version]
    [(path, pages)] = [one for one in SERVED[version].lists.items() if one[0].startswith(CHANGES)]
    for known in range(len(pages) + 1):
        things: dict[str, Any] = {}
        for page in pages[:known]:
            apply(things, page["items"])
        follow(client, things, path, pages[known - 1]["next_cursor"] if known else None)
        assert things == listed(client)


def follow(client: Client, things: dict[str, Any], path: str, cursor: str | None) -> None:
    more = True
    while more:
        page = client.get(path if cursor is None else f"{path}&cursor={cursor}").json()
        apply(things, page["items"])
        cursor, more = page["next_cursor"], page["has_more"]


def listed(client: Client) -> dict[str, Any]:
    """Everything that the lists have, by id."""
    found: dict[str, Any] = {}
    for name in ("briefings", "conflicts", *(kind.plural for kind in KINDS)):
        page = client.get(f"/v1/{name}?limit=100").json()
        assert page["next_cursor"] is None
        found |= {item["id"]: item for item in page["items"]}
    return found


@pytest.mark.parametrize("version", FROM)
def test_every_body_has_the_shape_of_this_version(clients: dict[str, Client], version: str) -> None:
    shapes: dict[str, Any] = {"readout": DocumentReadout, "diff": BriefingDiff, "revisions": Briefing}
    for path in SERVED[version].answers:
        word = next((word for word in shapes if f"/{word}" in path), None)
        if word or path.startswith("/v1/briefings/"):
            msgspec.json.decode(clients[version].get(path).content, type=shapes.get(word or "", Briefing))
    for item in clients[version].get("/v1/briefings").json()["items"]:
        msgspec.convert(item, BriefingSummary)


def read_by(client: Client, version: str) -> dict[str, str]:
    """Who read each document: the name of its extractor."""
    paths = [path for path in SERVED[version].answers if path.endswith("/readout")]
    readouts = [client.get(path).json() for path in paths]
    return {one["document"]["id"]: one["extractor"]["name"] for one in readouts}


def test_what_our_rules_read_is_proven_in_full_and_what_a_model_read_is_quoted(
    clients: dict[str, Client],
) -> None:
    client, version = clients["0013-model"], "0013-model"
    extractors = read_by(client, version)
    assert set(extractors.values()) == {"embedded", "model"}
    found: dict[str, set[frozenset[str]]] = {"full": set(), "quoted": set()}
    for fact in told(client, version):
        by = frozenset(extractors[proof.document_id] for proof in fact.evidence)
        assert fact.proof == ("full" if by == {"embedded"} else "quoted")
        found[fact.proof].add(by)
    assert found["quoted"] == {frozenset({"model"}), frozenset({"model", "embedded"})}


def test_a_position_rests_on_what_has_its_words(clients: dict[str, Client]) -> None:
    positions = [
        (position, fact)
        for fact in told(clients["0013-model"], "0013-model")
        for position in getattr(fact, "positions", ())
    ]
    assert len(positions) > 3
    for position, stake in positions:
        words = [one for one in (position.ask, position.offer, position.red_line) if one]
        assert position.evidence and all(proof in stake.evidence for proof in position.evidence)
        assert all(one in proof.exact for one in words for proof in position.evidence)
        assert proofs_of(stake) == stake.evidence


def told(client: Client, version: str) -> Iterator[Fact]:
    """The facts of every readout and of every revision."""
    for path in SERVED[version].answers:
        if path.endswith("/readout"):
            yield from facts_of(msgspec.json.decode(client.get(path).content, type=DocumentReadout))
        elif "/revisions/" in path:
            yield from facts_of(msgspec.json.decode(client.get(path).content, type=Briefing))


@pytest.mark.parametrize("version", FROM)
def test_facts_are_found_by_their_proof(clients: dict[str, Client], version: str) -> None:
    client = clients[version]
    for kind in KINDS:
        every = client.get(f"/v1/{kind.plural}?limit=100").json()["items"]
        for proof in ("full", "quoted"):
            found = client.get(f"/v1/{kind.plural}?limit=100&proof={proof}").json()["items"]
            assert found == [one for one in every if one["proof"] == proof]


@pytest.mark.parametrize("version", FROM)
def test_the_rows_of_the_version_before_are_served_from_either_database(
    version: str, blank_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = connect(blank_url)
    rows = rows_of(unpacked(version, "readout.db", tmp_path_factory.mktemp("before")))
    fill(engine, version[:4], rows)
    migrate(engine)
    engine.dispose()
    served = SERVED[version]
    with serving(blank_url) as client:
        for path, answer in served.answers.items():
            if "/jobs/" not in path:
                assert as_before(client.get(path).json(), answer) == answer
        for path, pages in served.lists.items():
            asked = path
            for page in pages if not path.startswith((CHANGES, "/v1/jobs")) else []:
                assert as_before(client.get(asked).json(), page) == page
                asked = f"{path}&cursor={page['next_cursor']}"
