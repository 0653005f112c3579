"""`readout up`: everything on this machine, read, served, and gone again."""

import contextlib
import os
import re
import signal
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from tests.api.cli.conftest import SAMPLES, Run
from tests.forked import READOUT
from tests.serving import free_port
from tests.waiting import until

FILES = sorted(SAMPLES.glob("*.txt"))


class Up:
    """A running `readout up` with a database of its own, in a process group of its own."""

    def __init__(self, folder: Path, *files: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.database = f"sqlite:///{folder}/readout.db"
        env = {k: v for k, v in os.environ.items() if not k.startswith(("READOUT_", "OPENAI_"))}
        self.env = env | {"READOUT_DATABASE_URL": self.database, "READOUT_PORT": str(self.port)}
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [READOUT, "up", *files],
                cwd=folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.out.read_text(encoding="utf-8")

    def told(self) -> str:
        return self.err.read_text(encoding="utf-8")

    def until_served(self) -> None:
        until(lambda: "Ctrl-C stops everything." in self.said() or self.process.poll() is not None, self.told)
        assert self.process.poll() is None, self.told()

    def running(self) -> dict[int, str]:
        """Every process that belongs to it, wherever it hangs, with its command line."""
        found = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and self.database.encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def until_gone(self) -> None:
        """Returns when none of its processes is left."""
        until(lambda: self.process.poll() is not None and not self.running(), self.running)

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        for pid in self.running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        self.process.wait()


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


def test_the_pages_load_nothing_but_their_own_style(up: Up) -> None:
    for page in pages(up):
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert page.headers["content-security-policy"] == (
            f"default-src 'none'; style-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        loads = re.search(r"<(script|img|link(?! rel=\"alternate\")|iframe)|\bstyle=|\bon[a-z]+=", page.text)
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
    assert (page.status_code, "No such briefing" in page.text) == (404, True)


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
