"""`readout deliver`, on a database with an issue."""

from pathlib import Path

import pytest

from tests.api.cli.conftest import Run
from tests.api.conftest import serving
from tests.api.filled import fill

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def issue(database_url: str) -> str:
    """The id of an issue."""
    fill(database_url)
    with serving(database_url) as client:
        answer = client.post("/v1/issues", json={"title": "The week", "since": "2031-01-01T00:00:00Z"})
    return str(answer.json()["id"])


@ON_SQLITE
def test_an_issue_is_put_into_a_folder_once(
    run: Run, env: dict[str, str], database_url: str, issue: str, tmp_path: Path
) -> None:
    env["READOUT_DATABASE_URL"] = database_url
    folder = tmp_path / "letters"
    first = run("deliver", issue, "--to", f"folder:{folder}", "--dry-run")
    assert (first.stdout.decode(), folder.exists()) == (f"to send  folder:{folder}\n", False)
    sent = run("deliver", issue, "--to", f"folder:{folder}")
    assert (sent.returncode, sent.stdout.decode()) == (0, f"sent     {issue}  folder:{folder}\n")
    html = folder / f"{issue}.html"
    assert "<title>The week</title>" in html.read_text()
    html.unlink()
    again = run("deliver", issue, "--to", f"folder:{folder}")
    assert (again.stdout, html.exists()) == (sent.stdout, False)
    assert run("deliver").stdout == b""


@ON_SQLITE
def test_what_cannot_be_delivered_is_told(
    run: Run, env: dict[str, str], database_url: str, issue: str
) -> None:
    env["READOUT_DATABASE_URL"] = database_url
    for given, why in (
        ((issue, "--to", "ann@reader.example"), "ann@reader.example is none of mailto:ADDRESS, slack+URL"),
        ((issue, "--to", "mailto:ann@reader.example"), "mails need READOUT_SMTP_URL and READOUT_MAIL_FROM"),
        (("iss_0000000000000000", "--to", "folder:here"), "there is no issue iss_0000000000000000"),
        (("--to", "folder:here"), "--to needs an issue"),
    ):
        refused = run("deliver", *given)
        assert refused.returncode == 2
        assert why in refused.stderr.decode()
