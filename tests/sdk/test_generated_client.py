"""A client generated from `openapi.yaml`: generated without a warning, typed, and good for real requests."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from api.http.openapi import story
from tests.api.conftest import KEY, Client, serving
from tests.api.filled import fill, second
from tests.store.invented import BRIEFING, hexed, text_of
from worker.jobs import prepare

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PACKAGE = "readout_sdk"
Sdk = Callable[[str], ModuleType]

USER = f"""
from {PACKAGE} import AuthenticatedClient
from {PACKAGE}.api.briefings import get_briefing
from {PACKAGE}.models import Briefing

def revision(client: AuthenticatedClient) -> int:
    found = get_briefing.sync("no-cl", client=client)
    assert isinstance(found, Briefing)
    number: int = found.revision
    quotations: list[str] = [evidence.exact for deadline in found.deadlines for evidence in deadline.evidence]
    names: list[str | None] = [member.name for side in found.delegations for member in side.members]
    days: list[str | None] = [deadline.date.edtf for deadline in found.deadlines if deadline.date is not None]
    before: list[float | None] = [figure.previous_value for figure in found.figures]
    briefings: list[str] = [figure.briefing_id for figure in found.figures]
    return number + len(quotations) + len(names) + len(days) + len(before) + len(briefings)
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the package was generated into. The generator's output is checked."""
    folder = tmp_path_factory.mktemp("sdk")
    command: list[str | Path] = [
        BIN / "openapi-python-client",
        "generate",
        "--fail-on-warning",
        "--meta",
        "none",
    ]
    done = subprocess.run(
        [*command, "--path", ROOT / "openapi.yaml", "--output-path", folder / PACKAGE],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "500"},
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, f"Generating {folder / PACKAGE}", "")
    return folder


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    url = f"sqlite:///{tmp_path_factory.mktemp('sdk')}/readout.db"
    prepare(url)
    fill(url)
    with serving(url) as client:
        yield client


@pytest.fixture
def sdk(generated: Path, monkeypatch: pytest.MonkeyPatch) -> Sdk:
    """Imports a module of the generated package."""
    monkeypatch.syspath_prepend(str(generated))
    return lambda name: import_module(f"{PACKAGE}{name}")


@pytest.fixture
def client(sdk: Sdk, service: Client) -> Any:
    """The generated client, talking to the service in this process."""
    return sdk("").AuthenticatedClient(base_url="http://readout.test", token=KEY).set_httpx_client(service)


def test_every_module_can_be_imported(sdk: Sdk, generated: Path) -> None:
    modules = [path.relative_to(generated).with_suffix("") for path in generated.rglob("*.py")]
    for module in modules:
        sdk(".".join(module.parts).removeprefix(PACKAGE))
    assert len(modules) > 60


def test_code_that_uses_it_is_checked_by_types(generated: Path) -> None:
    (generated / "user.py").write_text(USER)
    done = subprocess.run(
        [BIN / "mypy", "--strict", "--no-error-summary", "--cache-dir=.cache", "-p", PACKAGE, "-m", "user"],
        capture_output=True,
        text=True,
        check=False,
        cwd=generated,
    )
    # The generator's own, whatever the description: it passes the arguments of `__exit__` on as `object`.
    own = re.compile(r'client\.py:\d+: error: Argument 1 to "__a?exit__"')
    assert [line for line in done.stdout.splitlines() if not own.search(line)] == []
    assert (done.stderr, done.stdout.count("\n")) == ("", 12)


def test_a_briefing(sdk: Sdk, client: Any, service: Client) -> None:
    found = sdk(".api.briefings.get_briefing").sync("no-cl", client=client)
    assert isinstance(found, sdk(".models").Briefing)
    assert (found.id, found.revision, found.status) == (BRIEFING, 2, "published")
    assert found.negotiation.parties == ["NO", "CL"]
    assert found.deadlines[0].evidence[0].exact == "lapse"
    assert found.created_at == second().created_at
    assert found.to_dict().keys() == service.get("/v1/briefings/no-cl").json().keys()


def test_a_briefing_that_has_not_changed(sdk: Sdk, client: Any) -> None:
    read = sdk(".api.briefings.get_briefing").sync_detailed
    etag = read("no-cl", client=client).headers["ETag"]
    again = read("no-cl", client=client, if_none_match=etag)
    assert (again.status_code, again.parsed) == (304, None)


def test_pages(sdk: Sdk, client: Any) -> None:
    read = sdk(".api.deadlines.list_deadlines").sync
    page = read(client=client, limit=3)
    rest = read(client=client, limit=3, cursor=page.next_cursor)
    assert [each.what for each in page.items + rest.items] == [
        "Data",
        "Sign the protocol",
        "Kava quota",
        "Review",
    ]
    assert rest.next_cursor is None


def test_filters_are_typed(sdk: Sdk, client: Any) -> None:
    found = sdk(".api.statements.list_statements").sync(client=client, direct=True, party="NO")
    assert [each.speaker for each in found.items] == ["Ana Example"]


def test_facts_are_found_by_their_proof(sdk: Sdk, client: Any) -> None:
    proof = sdk(".models").Proof
    found = sdk(".api.figures.list_figures").sync(client=client, proof=proof.QUOTED)
    assert [(each.as_written, each.proof) for each in found.items] == [("twelve", proof.QUOTED)]


@pytest.mark.parametrize(
    "fact",
    [
        story.READOUT,
        replace(story.DEADLINE, date=None, starts=None),
        replace(story.DELEGATE, name=None, head=False, capacity=None),
        replace(story.STAKE, title=None, positions=[]),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_what_nobody_tells_is_null(sdk: Sdk, fact: Any) -> None:
    plain = to_builtins(fact)
    assert getattr(sdk(".models"), type(fact).__name__).from_dict(plain).to_dict() == plain


def test_an_error_is_a_problem(sdk: Sdk, client: Any) -> None:
    found = sdk(".api.briefings.get_briefing").sync("nothing-of-the-kind", client=client)
    assert isinstance(found, sdk(".models").Problem)
    assert (found.type_, found.status) == ("/problems/not-found", 404)


def test_a_text(sdk: Sdk, client: Any) -> None:
    assert sdk(".api.documents.get_document_text").sync(hexed("a"), client=client) == text_of("a")


@pytest.mark.parametrize("way", ["json", "file"])
def test_a_document_is_added_and_its_job_read(sdk: Sdk, client: Any, way: str) -> None:
    models, types = sdk(".models"), sdk(".types")
    text = f"OSLO - Norway and Chile opened trade talks, said a {way}."
    body = (
        models.NewDocument(text=text, title="Talks")
        if way == "json"
        else models.DocumentUpload(file=types.File(payload=text.encode(), file_name="talks.txt"))
    )
    added = sdk(".api.documents.add_document").sync(client=client, body=body)
    assert isinstance(added, models.DocumentAdded)
    job = sdk(".api.jobs.get_job").sync(added.job_id, client=client)
    assert (job.document_id, job.status) == (added.document_id, models.JobStatus.QUEUED)
