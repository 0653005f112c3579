"""`readout up`: everything on this machine, read, served, and gone again."""

import os
import re
import signal
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from tests.api.cli.conftest import SAMPLES, Run
from tests.serving import Up, free_port

FILES = sorted(SAMPLES.glob("*.txt"))


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The samples, read and served."""
    started = Up(tmp_path_factory.mktemp("up"), *FILES)
    try:
        started.until_served()
        yield started
    finally:
        started.end()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Up]:
    """Everything started, nothing to read."""
    started = Up(tmp_path)
    try:
        started.until_served()
        yield started
    finally:
        started.end()


def test_it_prints_the_briefings_and_where_they_are(up: Up) -> None:
    words = re.sub(r"\s+", " ", up.said())
    assert "EU–India trade talks, New Delhi, September 2025" in words
    assert "EU (sources disagree on who leads) Maroš Šefčovič" in words
    assert words.endswith(
        f"Briefings to read {up.base}/ API {up.base}/v1/briefings Ctrl-C stops everything. "
    )


def test_a_pipe_gets_a_plain_line_for_each_file(up: Up) -> None:
    lines = up.told().splitlines()
    assert f"{SAMPLES}/eu-india-1-preview.txt: read" in lines
    assert f"{SAMPLES}/rail-strike-settlement.txt: read, not about a trade negotiation" in lines
    assert "\x1b" not in up.told() + up.said()


def test_the_briefings_are_served(up: Up) -> None:
    items = httpx.get(f"{up.base}/v1/briefings").json()["items"]
    assert {tuple(sorted(b["negotiation"]["parties"])): b["counts"]["sources"] for b in items} == {
        ("EU", "IN"): 3,
        ("CA", "ID"): 1,
    }


def test_an_unchanged_briefing_is_not_sent_again(up: Up) -> None:
    slug = httpx.get(f"{up.base}/v1/briefings").json()["items"][0]["slug"]
    first = httpx.get(f"{up.base}/v1/briefings/{slug}")
    again = httpx.get(f"{up.base}/v1/briefings/{slug}", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_every_proof_stands_in_the_text_that_is_served(up: Up) -> None:
    texts: dict[str, str] = {}
    for kind in ("delegates", "stakes", "deadlines", "figures", "statements", "events"):
        for fact in httpx.get(f"{up.base}/v1/{kind}?limit=100").json()["items"]:
            for proof in fact["evidence"]:
                document = proof["document_id"]
                if document not in texts:
                    texts[document] = httpx.get(f"{up.base}/v1/documents/{document}/text").text
                assert texts[document][proof["start"] : proof["end"]] == proof["exact"]
    assert len(texts) == 4


def pages(up: Up) -> Iterator[httpx.Response]:
    yield httpx.get(f"{up.base}/")
    for briefing in httpx.get(f"{up.base}/v1/briefings").json()["items"]:
        yield httpx.get(f"{up.base}/briefings/{briefing['slug']}")
        for source in httpx.get(f"{up.base}/v1/briefings/{briefing['id']}").json()["sources"]:
            yield httpx.get(f"{up.base}/documents/{source['document_id']}")


def test_the_pages_load_nothing_but_their_own_style_and_script(up: Up) -> None:
    for page in pages(up):
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert page.headers["content-security-policy"] == (
            f"default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        (script,) = re.findall(r"<script(.*?)>(.*?)</script>", page.text, re.DOTALL)
        assert re.fullmatch(r' src="/reader-[0-9a-f]{12}\.js" defer', script[0]) and not script[1]
        loads = re.search(r"<(img|link(?! rel=\"alternate\")|iframe)|\bstyle=|\bon[a-z]+=", page.text)
        assert not loads


def test_every_link_of_the_pages_leads_somewhere(up: Up) -> None:
    links = {link for page in pages(up) for link in re.findall(r'href="(/[^"]*)"', page.text)}
    assert any("#c" in link for link in links)
    for link in links:
        path, _, anchor = link.partition("#")
        target = httpx.get(up.base + path)
        assert target.status_code == 200
        assert not anchor or f'id="{anchor}"' in target.text


def test_a_page_that_is_not_there(up: Up) -> None:
    page = httpx.get(f"{up.base}/briefings/nothing-of-the-kind")
    assert (page.status_code, page.json()["type"]) == (404, "/problems/not-found")
    for_people = httpx.get(page.url, headers={"Accept": "text/html"})
    assert (for_people.status_code, "There is no briefing" in for_people.text) == (404, True)


def test_adding_what_is_known_does_no_work(up: Up, run: Run) -> None:
    done = run("add", "--server", up.base, *FILES)
    assert (done.returncode, done.stdout) == (0, b"0 read, 5 already read, 0 failed\n")
    assert f"{SAMPLES}/eu-india-1-preview.txt: already read" in done.stderr.decode().splitlines()


def test_adding_a_new_document(up: Up, run: Run) -> None:
    done = run("add", "--server", up.base, "missing.txt", "-", stdin=b"The trains in Oslo were late.\n")
    assert (done.returncode, done.stdout) == (2, b"1 read, 0 already read, 0 failed\n")
    assert done.stderr.decode() == (
        "readout: missing.txt: there is no such file: check the name\n"
        "-: read, not about a trade negotiation\n"
    )


@pytest.mark.parametrize("command", ["up", "serve"])
def test_a_port_that_is_taken_is_one_line(command: str, up: Up, run: Run) -> None:
    done = run(command, "--port", str(up.port))
    said = (
        f"readout: cannot serve on 127.0.0.1 port {up.port} (address already in use): "
        "choose another with --port or READOUT_PORT\n"
    )
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.txt"], "missing.txt: there is no such file: check the name"),
        (["--port", "http"], "READOUT_PORT must be a whole number from 1 to 65535, not 'http'"),
        (
            ["--database", "mysql://x"],
            "READOUT_DATABASE_URL must be sqlite:///PATH or postgresql://USER@HOST/DATABASE",
        ),
        (["--database", "sqlite:////nowhere/at/all.db"], "the database cannot be used"),
        (["--extractor", "model"], "the model extractor needs READOUT_MODEL, and OPENAI_API_KEY or"),
        (["--host", "0.0.0.0"], "READOUT_AUTH is `local`"),
    ],
)
def test_what_cannot_be_started_is_said_first(arguments: list[str], said: str, run: Run) -> None:
    done = run("up", *([] if "--port" in arguments else ["--port", str(free_port())]), *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"readout: {said}")
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_it_alone_stops_everything(number: signal.Signals, empty: Up) -> None:
    assert len(empty.running()) >= 3
    empty.process.send_signal(number)
    empty.until_gone()
    assert empty.process.returncode == (0 if number != signal.SIGKILL else -signal.SIGKILL)


def test_ctrl_c_at_a_terminal_stops_everything(empty: Up) -> None:
    os.killpg(empty.process.pid, signal.SIGINT)
    empty.until_gone()
    assert (empty.process.returncode, empty.told().splitlines()[-1]) == (0, "stopped")
    assert "Traceback" not in empty.told()


@pytest.mark.parametrize(("name", "argument"), [("worker", " work "), ("API", " serve ")])
def test_it_does_not_go_on_with_half_of_itself(name: str, argument: str, empty: Up) -> None:
    for pid in [pid for pid, line in empty.running().items() if argument in line]:
        os.kill(pid, signal.SIGKILL)
    empty.until_gone()
    assert empty.process.returncode == 1
    assert f"readout: the {name} stopped by itself (status -9)" in empty.told()


def test_a_second_run_reads_nothing_twice(up: Up) -> None:
    """The last, because it stops what the others look at."""
    before = httpx.get(f"{up.base}/v1/briefings").json()
    read = httpx.get(f"{up.base}/v1/jobs").json()["items"]
    up.end(signal.SIGINT)
    second = Up(up.folder, *FILES)
    try:
        second.until_served()
        assert "nothing new to read" in second.told().splitlines()
        assert "Briefings to read" in second.said()
        assert httpx.get(f"{second.base}/v1/briefings").json() == before
        jobs = httpx.get(f"{second.base}/v1/jobs").json()["items"]
        assert {job["id"] for job in jobs} == {job["id"] for job in read}
        assert [job["attempts"] for job in jobs] == [1] * len(read)
        assert len(jobs) >= len(FILES)
    finally:
        second.end()
