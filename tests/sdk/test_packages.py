"""`make clients`: a wheel and a package for npm, which a program can use as they are."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.api.described import DESCRIBED
from tests.sdk.conftest import HERE, QUIET
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
VERSION = DESCRIBED["info"]["version"]


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that they were made in. What must stand before is there, as for every test here."""
    assert (HERE / "node_modules/.ready").is_file(), "run `make tests/sdk/node_modules/.ready`"
    folder = tmp_path_factory.mktemp("made") / "clients"
    there = [".venv/.ready", "tests/sdk/node_modules/.ready"]
    command = ["make", f"BIN={Path(sys.executable).parent}", *(f"--assume-old={one}" for one in there)]
    done = subprocess.run(
        [*command, "clients", f"CLIENTS={folder}"],
        cwd=ROOT,
        env=os.environ | QUIET,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_is_imported_and_says_its_version_and_use(clients: Path) -> None:
    wheel = clients / f"readout_client-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as packed:
        about = packed.read(f"readout_client-{VERSION}.dist-info/METADATA").decode()
    assert f"Version: {VERSION}\n" in about and "list_deadlines.sync" in about
    program = "from readout_client.api.deadlines import list_deadlines; print(list_deadlines.sync.__name__)"
    said = subprocess.check_output(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": str(wheel)}, cwd=clients, text=True
    )
    assert said == "sync\n"


def test_the_package_for_npm_is_imported_and_has_its_types(clients: Path) -> None:
    with tarfile.open(clients / f"readout-client-{VERSION}.tgz") as packed:
        packed.extractall(clients, filter="data")
    assert (clients / "package/README.md").is_file()
    assert (clients / "package/dist/main.d.ts").is_file()
    program = 'import { client, listDeadlines } from "./package/dist/main.js"; console.log(typeof client.get, typeof listDeadlines)'
    said = subprocess.check_output(
        [Path(sys.executable).parent / "node", "--input-type=module", "--eval", program],
        cwd=clients,
        text=True,
    )
    assert said == "function function\n"
