"""`readout verify --against`: a draft, checked by a running service."""

from pathlib import Path

import httpx
import pytest

from tests.api.cli.conftest import Run
from tests.serving import api, free_port


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_not_found_is_told_with_what_comes_nearest(
    run: Run, database_url: str, tmp_path: Path, samples: dict[str, Path]
) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text("India charges 150 per cent on wine.\n\nThe 14th round opens on 16 October.\n")
    port = free_port()
    sheet = samples["eu-india-3-factsheet"].read_text(encoding="utf-8")
    preview = samples["eu-india-1-preview"].read_text(encoding="utf-8")
    with api(database_url, tmp_path, port):
        for text in (sheet, preview):
            httpx.post(f"http://127.0.0.1:{port}/v1/documents", json={"text": text}).raise_for_status()
        server = ("--server", f"http://127.0.0.1:{port}", "--day", "2025-09-12")
        done = run("verify", draft, "--against", "all", *server)
    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [
        "1: 150 per cent: in EU and India to open 13th round of free trade talks in New Delhi",
        "3: date 16 October: not found; nearest: 6 October 2025 (Fact sheet: the EU–India free trade negotiations)",
    ]
    assert "1 of 2 found in 2 documents" in done.stderr.decode()


def test_a_briefing_is_named_by_its_id(run: Run, samples: dict[str, Path]) -> None:
    done = run("verify", samples["eu-india-3-factsheet"], "--against", "everything")
    assert done.returncode == 2
    assert "briefing_ids" in done.stderr.decode()
