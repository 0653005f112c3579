"""`readout watch`, against a service that has no worker."""

from pathlib import Path

import pytest

from tests.api.cli.conftest import Run
from tests.serving import api, free_port

FEED = "https://ministry.example/feed.xml"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_watch_is_added_listed_paused_and_removed(run: Run, database_url: str, tmp_path: Path) -> None:
    port = free_port()

    def told(*args: str) -> str:
        done = run("watch", *args, "--server", f"http://127.0.0.1:{port}")
        return (done.stdout + done.stderr).decode()

    with api(database_url, tmp_path, port):
        added = told("add", FEED, "--every", "90m")
        id, every, format, *_ = added.split()
        assert (every, format, added.split()[-1]) == ("90m", "-", "active")
        assert told("list") == added
        assert told("list", FEED) == ""
        assert told("pause", FEED).split()[-1] == "paused"
        assert told("resume", id).split()[-1] == "active"
        assert told("remove", FEED) == f"removed {id}\n"
        assert told("remove", id) == f"readout: There is no watch {id}.\n"


@pytest.mark.parametrize("every", ["15", "30s", "31d", "soon", "0m"])
def test_a_time_that_is_none_is_refused(run: Run, every: str) -> None:
    refused = run("watch", "add", FEED, "--every", every)
    assert refused.returncode == 2
    assert f"{every!r} is not a time like 15m, 6h or 1d, from 60s to 30d" in refused.stderr.decode()
