"""Help is there at once, and says what there is."""

import subprocess
import sys

import pytest

from api.cli.main import COMMANDS
from tests.api.cli.conftest import Run

HEAVY = {
    "spacy",
    "litestar",
    "sqlmodel",
    "sqlalchemy",
    "dbos",
    "alembic",
    "granian",
    "rich",
    "httpx",
    "msgspec",
    "openai",
}


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from api.cli.main import cli; "
        "cli.main(['--help'], prog_name='readout', standalone_mode=False); "
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name: str, run: Run) -> None:
    done = run(name, "--help")
    assert done.returncode == 0
    assert done.stdout.decode().startswith(f"Usage: readout {name} ")
    assert done.stderr == b""


def test_version(run: Run) -> None:
    assert run("--version").stdout.decode() == "readout, version 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "readout: No such command 'nope'. (see readout --help)\n"),
        (["verify"], "readout verify: Missing argument 'DOCUMENT'. (see readout verify --help)\n"),
        (["up", "--nope"], "readout up: No such option '--nope'. (see readout up --help)\n"),
    ],
)
def test_a_wrong_call_is_one_line(arguments: list[str], said: str, run: Run) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)
