"""Agents as they ask: through the protocol's own client, over HTTP and standard streams."""

import json
import re
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, Tool
from sqlalchemy import Engine

from pipeline.documents.read import read
from schemas.jobs import Scope
from store.documents import get_text
from store.engine import connect
from store.keys import create_key
from tests.api.conftest import KEY
from tests.api.mcp.questions import CA, EU, NO, QUESTIONS
from tests.conftest import BOTH, ROOT, new_database
from tests.forked import READOUT
from tests.serving import api, free_port
from tests.worker.rounds_archive import bring, documents

SCOPES: tuple[Scope, ...] = ("briefings:read", "documents:write", "briefings:review", "admin")
DEFAULT = 4_000  # tokens of an answer


class Asked(NamedTuple):
    """What an agent was told: the tools, and the answer to each question."""

    tools: list[Tool]
    answers: list[CallToolResult]


class Archive(NamedTuple):
    url: str
    engine: Engine
    ids: dict[str, str]


@cache
def _encoding() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bpe: Any = import_module("bpe_openai")  # which opens its vocabulary in a way that is about to go
    return bpe.get_encoding("o200k_base")


def tokens(words: str) -> int:
    return len(_encoding().encode(words))


@pytest.fixture(scope="module", params=BOTH)
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The samples, and the talks of Norway and Chile."""
    url = new_database(request.param, request, tmp_path_factory.mktemp("agents"))
    engine = connect(url)
    samples = [read(file.read_bytes(), file=file.name) for file in sorted((ROOT / "samples").glob("*.txt"))]
    held = [bring(engine, document) for document in (*samples, documents()["oslo"])]
    of = {"CA-ID": held[0], "EU-IN": held[1], "CL-NO": held[-1]}
    yield Archive(url, engine, {name: ids[0] for name, ids in of.items()})
    engine.dispose()


@pytest.fixture(scope="module", params=["http", "stdio"])
def asked(
    request: pytest.FixtureRequest, archive: Archive, tmp_path_factory: pytest.TempPathFactory
) -> Asked:
    """All questions, asked in one conversation."""
    if request.param == "stdio":
        command = StdioServerParameters(command=str(READOUT), args=["mcp", "--database", archive.url])
        return anyio.run(conversation, Client(command), archive)
    key = create_key(archive.engine, name="agent", scopes=["briefings:read"]).key
    port = free_port()
    with api(archive.url, tmp_path_factory.mktemp("serving"), port, auth="required"):
        return anyio.run(over_http, port, key, archive)


@asynccontextmanager
async def with_key(port: int, key: str) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=http)
        async with Client(transport) as client:
            yield client


async def over_http(port: int, key: str, archive: Archive) -> Asked:
    async with with_key(port, key) as client:
        return await told(client, archive)


async def conversation(unopened: Client, archive: Archive) -> Asked:
    async with unopened as client:
        return await told(client, archive)


async def told(client: Client, archive: Archive) -> Asked:
    tools = (await client.list_tools()).tools
    answers = []
    for question in QUESTIONS:
        given = dict(question.asked)
        if "briefing" in given:
            given["briefing"] = archive.ids[given["briefing"]]
        answers.append(await client.call_tool(question.tool, given))
    return Asked(tools, answers)


def values(answer: Any, field: str) -> list[str]:
    """What an answer has at a path, through lists."""
    found = [answer]
    for name in field.split("."):
        found = [part for each in found for part in _parts(each[name])]
    return [str(one) for one in found]


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_there_are_fifty_questions() -> None:
    assert len(QUESTIONS) == 50 == len({question.question for question in QUESTIONS})


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=[one.question for one in QUESTIONS])
def test_a_question_is_answered_right(asked: Asked, number: int) -> None:
    question, answer = QUESTIONS[number], asked.answers[number]
    assert not answer.is_error
    found = values(answer.structured_content, question.field)
    assert [words for words in question.says if not any(words in value for value in found)] == []


def proofs(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for part in node:
            yield from proofs(part)
    elif isinstance(node, dict):
        if "exact" in node:
            yield node
        for part in node.values():
            yield from proofs(part)


def test_every_answer_is_proven_by_its_documents(asked: Asked, archive: Archive) -> None:
    proven = [list(proofs(answer.structured_content)) for answer in asked.answers]
    without = {QUESTIONS[place].question for place, found in enumerate(proven) if not found}
    assert without == {
        one.question for one in QUESTIONS if one.field.startswith("sources") or one.says == ["False"]
    }
    for proof in (each for found in proven for each in found):
        text = get_text(archive.engine, proof["document_id"])
        assert text is not None and text[proof["start"] : proof["end"]] == proof["exact"]


def test_answers_are_within_their_tokens_and_of_their_shape(asked: Asked) -> None:
    shapes = {tool.name: Draft202012Validator(tool.output_schema) for tool in asked.tools}
    for question, answer in zip(QUESTIONS, asked.answers, strict=True):
        shapes[question.tool].validate(answer.structured_content)
        [content] = answer.content
        assert content.type == "text" and json.loads(content.text) == answer.structured_content
        assert tokens(content.text) <= DEFAULT


def test_the_tools_cost_a_conversation_little(asked: Asked) -> None:
    assert len(asked.tools) <= 7
    listed = [tool.model_dump(by_alias=True, exclude_none=True) for tool in asked.tools]
    words = [
        json.dumps({name: tool[name] for name in ("name", "description", "inputSchema")}) for tool in listed
    ]
    assert sum(tokens(tool) for tool in words) <= 1_500


def test_every_tool_only_reads(asked: Asked) -> None:
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in asked.tools)


@pytest.mark.parametrize(
    ("tool", "given", "name"),
    [
        ("list_figures", {}, "figures"),
        ("list_deadlines", {}, "deadlines"),
        ("read_briefing", {"briefing": EU, "part": "stakes"}, "facts"),
        ("read_briefing", {"briefing": EU}, "facts"),
        ("compare_sources", {"briefing": EU}, "conflicts"),
    ],
)
def test_what_does_not_fit_is_told_and_asked_for(
    archive: Archive, tool: str, given: dict[str, Any], name: str
) -> None:
    given = {key: archive.ids.get(value, value) for key, value in given.items()}

    async def ask() -> None:
        async with Client(_server(archive.engine)) as client:
            whole = (await client.call_tool(tool, given)).structured_content
            seen, room, cursor = [], 500, None
            for _ in range(100):
                more = {"max_tokens": room} | ({"cursor": cursor} if cursor else {})
                answer = await client.call_tool(tool, given | more)
                part = answer.structured_content
                assert tokens(json.dumps(part, ensure_ascii=False, separators=(",", ":"))) <= room
                seen += part[name]
                if part["left_out"] is None:
                    break
                needed = re.search(r"takes ([0-9,]+) tokens", part["left_out"])
                room = int(needed[1].replace(",", "")) if needed else 500
                cursor = part["cursor"]
            assert seen == whole[name] and whole["left_out"] is None

    anyio.run(ask)


def test_what_cannot_be_answered_is_said_in_a_sentence(archive: Archive) -> None:
    faults: list[tuple[str, dict[str, Any], str]] = [
        ("read_briefing", {"briefing": "nope"}, "There is no briefing 'nope': find_briefings lists them."),
        ("list_figures", {"colour": 1}, "Object contains unknown field `colour`"),
        ("list_figures", {"party": "Norway"}, "Expected `str` matching regex"),
        ("find_briefings", {"words": "tea", "topic": "tariffs"}, "`words` goes with `party` alone"),
        ("list_deadlines", {"cursor": "x"}, "the cursor is not one that this service gave out"),
        ("read_briefing", {}, "Object missing required field `briefing`"),
        ("forget", {}, "There is no tool 'forget'; there are find_briefings, read_briefing"),
    ]

    async def ask() -> None:
        async with Client(_server(archive.engine)) as client:
            for tool, given, why in faults:
                answer = await client.call_tool(tool, given)
                assert answer.is_error and answer.content[0].type == "text"
                assert answer.content[0].text.startswith(why)

    anyio.run(ask)


def _server(engine: Engine) -> Any:
    from api.mcp.server import server_of

    return server_of(engine)


def test_a_quotation_is_looked_for_where_it_was_asked(archive: Archive) -> None:
    async def ask() -> None:
        async with Client(_server(archive.engine)) as client:
            words = {"words": "Norway wants lower tariffs on salmon"}
            of = [
                (
                    await client.call_tool("verify_quotation", words | {"briefing": archive.ids[one]})
                ).structured_content
                for one in (NO, CA)
            ]
            assert [(one["found"], one["documents_searched"]) for one in of] == [(True, 1), (False, 1)]

    anyio.run(ask)


CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def service(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    with api(
        archive.url,
        tmp_path_factory.mktemp("guarded"),
        port,
        auth="required",
        admin_key=KEY,
        rate_limit="1000/second",
    ):
        yield f"http://127.0.0.1:{port}/mcp"


TOOLS = sorted({question.tool for question in QUESTIONS})


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("scope", [None, "unknown", *SCOPES])
def test_each_tool_with_each_sort_of_key(archive: Archive, service: str, tool: str, scope: Any) -> None:
    headers = dict(ACCEPT)
    if scope is not None:
        made = "rk_nobody" if scope == "unknown" else create_key(archive.engine, name="x", scopes=[scope]).key
        headers["Authorization"] = f"Bearer {made}"
    asked = {"briefing": archive.ids[EU]} if tool in ("read_briefing", "compare_sources") else {}
    asked |= {"words": "tariffs"} if tool == "verify_quotation" else {}
    answer = httpx2.post(service, json=CALL | {"params": {"name": tool, "arguments": asked}}, headers=headers)
    if scope in ("briefings:read", "admin"):
        assert answer.status_code == 200 and not answer.json()["result"]["isError"]
        assert "RateLimit" in answer.headers
    elif scope in (None, "unknown"):
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
    else:
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/missing-scope")


def test_pages_of_other_sites_are_refused(archive: Archive, service: str) -> None:
    key = create_key(archive.engine, name="x", scopes=["briefings:read"]).key
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        sent = ACCEPT | {"Authorization": f"Bearer {key}"} | headers
        answer = httpx2.post(service, json=CALL, headers=sent)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/cross-origin")


def test_in_local_mode_other_names_of_this_machine_are_refused(archive: Archive, tmp_path: Path) -> None:
    port = free_port()
    with api(archive.url, tmp_path, port):
        address = f"http://127.0.0.1:{port}/mcp"
        listed = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        assert len(httpx2.post(address, json=listed, headers=ACCEPT).json()["result"]["tools"]) == len(TOOLS)
        answer = httpx2.post(address, json=listed, headers=ACCEPT | {"Host": "rebound.example"})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-local")


def test_there_is_nothing_but_post(service: str) -> None:
    assert [httpx2.request(method, service).status_code for method in ("GET", "DELETE")] == [405, 405]


def test_nothing_of_the_protocol_is_loaded_before_somebody_asks(archive: Archive, tmp_path: Path) -> None:
    before = (
        "import atexit, sys, threading, time, os\n"
        "import api.http.app as app\n"
        "made = app.create_app\n"
        "def create(*given):\n"
        "    found = made(*given)\n"
        "    open('loaded', 'w').write(str('mcp' in sys.modules))\n"
        "    return found\n"
        "app.create_app = create"
    )
    with api(archive.url, tmp_path, free_port(), before=before):
        assert (tmp_path / "loaded").read_text() == "False"
