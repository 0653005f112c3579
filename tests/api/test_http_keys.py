"""API keys over HTTP and on the command line: made, used, listed, revoked."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from api.http.app import create_app
from api.http.auth import keyring
from api.settings import BadSetting, Settings
from store.engine import connect
from store.keys import create_key, saw_key
from store.tables import KeyRow
from tests import forked
from tests.api.conftest import AUTHORIZED, Client, running, serving
from tests.forked import READOUT
from worker.jobs import prepare

READER = {"name": "newsletter", "scopes": ["briefings:read"]}
LATER = "2131-03-14T00:00:00Z"


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_key_is_shown_once(writer: Client) -> None:
    made = writer.post("/v1/keys", json=READER | {"expires_at": LATER})
    body = made.json()
    key = body.pop("key")
    assert made.status_code == 201
    assert made.headers["Location"] == f"/v1/keys/{body['id']}"
    assert made.headers["Cache-Control"] == "no-store"
    assert body == {
        "id": body["id"],
        "name": "newsletter",
        "prefix": key[:11],
        "scopes": ["briefings:read"],
        "created_at": body["created_at"],
        "expires_at": LATER,
        "revoked_at": None,
        "last_used_at": None,
    }
    assert writer.get(made.headers["Location"]).json() == body
    assert writer.get("/v1/keys").json() == {"items": [body], "next_cursor": None}


def test_the_key_itself_is_not_stored(writer: Client, database_url: str) -> None:
    key = writer.post("/v1/keys", json=READER).json()["key"]
    engine = connect(database_url)
    with engine.connect() as connection:
        row = connection.execute(select(KeyRow)).one()
    engine.dispose()
    assert key not in repr(row) and key[11:] not in repr(row)


def test_a_key_does_what_its_scopes_say(writer: Client) -> None:
    key = writer.post("/v1/keys", json=READER).json()["key"]
    assert writer.get("/v1/briefings", headers=bearer(key)).status_code == 200
    refused = writer.get("/v1/keys", headers=bearer(key))
    assert refused.status_code == 403
    assert refused.json()["detail"] == "This takes a key with the scope `admin`; yours has `briefings:read`."
    assert refused.headers["WWW-Authenticate"] == (
        'Bearer realm="readout", error="insufficient_scope", scope="admin"'
    )


def test_a_revoked_key_is_refused_at_once_where_it_was_revoked(writer: Client) -> None:
    made = writer.post("/v1/keys", json=READER).json()
    assert writer.get("/v1/briefings", headers=bearer(made["key"])).status_code == 200
    ended = writer.delete(f"/v1/keys/{made['id']}").json()
    assert ended["revoked_at"] is not None
    assert writer.get("/v1/briefings", headers=bearer(made["key"])).status_code == 401
    assert writer.delete(f"/v1/keys/{made['id']}").json()["revoked_at"] == ended["revoked_at"]


def test_another_process_believes_a_key_for_seconds_and_no_longer(
    writer: Client, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "FRESH", 0.0)
    made = writer.post("/v1/keys", json=READER).json()
    with serving(database_url) as other:
        assert other.get("/v1/briefings", headers=bearer(made["key"])).status_code == 200
        writer.delete(f"/v1/keys/{made['id']}")
        assert other.get("/v1/briefings", headers=bearer(made["key"])).status_code == 401


def test_a_key_is_looked_up_once_in_a_while_alone(writer: Client, database_url: str) -> None:
    key = writer.post("/v1/keys", json=READER).json()["key"]
    assert writer.get("/openapi.json", headers=bearer(key)).status_code == 200
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE keys RENAME TO elsewhere"))
    engine.dispose()
    assert writer.get("/openapi.json", headers=bearer(key)).status_code == 200


def test_the_last_use_is_noted_once_a_minute(database_url: str) -> None:
    with serving(database_url) as client:
        made = client.post("/v1/keys", json=READER).json()
        for _ in range(3):
            client.get("/v1/briefings", headers=bearer(made["key"]))
    engine = connect(database_url)

    def last_use() -> datetime | None:
        with engine.connect() as connection:
            return connection.scalars(select(col(KeyRow.last_used_at))).one()

    first = last_use()
    assert first is not None and datetime.now(UTC) - first < timedelta(minutes=1)
    saw_key(engine, made["id"])
    assert last_use() == first
    engine.dispose()


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({"name": "a", "scopes": []}, "/scopes", "Expected `array` of length >= 1"),
        ({"name": "a", "scopes": ["all"]}, "/scopes/0", "Invalid enum value 'all'"),
        ({"name": "a"}, "/scopes", "Object missing required field `scopes`"),
        ({"name": "", "scopes": ["admin"]}, "/name", None),
        ({"name": "a\n", "scopes": ["admin"]}, "/name", None),
        (READER | {"expires_at": "2131-01-01T00:00:00"}, "/expires_at", None),
        (READER | {"colour": "red"}, "/colour", "Object contains unknown field `colour`"),
    ],
)
def test_a_key_that_cannot_be_made(
    writer: Client, body: dict[str, Any], pointer: str, detail: str | None
) -> None:
    answer = writer.post("/v1/keys", json=body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert detail is None or error["detail"] == detail
    assert writer.get("/v1/keys").json()["items"] == []


def test_a_key_that_has_expired_is_refused(writer: Client) -> None:
    made = writer.post("/v1/keys", json=READER | {"expires_at": "2001-01-01T00:00:00Z"}).json()
    answer = writer.get("/v1/briefings", headers=bearer(made["key"]))
    assert (answer.status_code, answer.json()["detail"]) == (401, "The key has expired.")


def test_keys_are_paged_newest_first(writer: Client) -> None:
    made = [writer.post("/v1/keys", json=READER | {"name": f"key {n}"}).json()["id"] for n in range(3)]
    first = writer.get("/v1/keys?limit=2").json()
    rest = writer.get("/v1/keys", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_key_that_is_not_there(writer: Client, method: str) -> None:
    assert writer.request(method, f"/v1/keys/key_{'0' * 16}").status_code == 404
    assert writer.request(method, "/v1/keys/17").status_code == 404


def test_a_service_whose_database_has_a_key_needs_none_in_its_settings(database_url: str) -> None:
    settings = Settings(database_url=database_url, auth="required")
    with pytest.raises(BadSetting, match="nobody has a key"):
        create_app(settings)
    engine = connect(database_url)
    key = create_key(engine, name="first", scopes=["admin"]).key
    engine.dispose()
    with running(settings) as client:
        assert client.get("/v1/keys", headers=bearer(key)).status_code == 200
        assert client.get("/v1/keys").status_code == 401


Keys = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(database_url: str) -> Keys:
    """`readout keys` on a migrated database, SQLite and PostgreSQL in turn."""

    def run(*args: str) -> "subprocess.CompletedProcess[str]":
        line: list[str | Path] = [READOUT, "keys", *args, "--database", database_url]
        return forked.run(line, text=True)

    return run


def test_the_command_makes_a_key_that_opens_the_service(command: Keys, database_url: str) -> None:
    made = command("create", "feed reader", "--scope", "briefings:read", "--expires", "90d")
    assert made.returncode == 0
    assert made.stderr == "Keep it: it is not shown again. Send it as `Authorization: Bearer KEY`.\n"
    with serving(database_url) as client:
        assert client.get("/v1/briefings", headers=bearer(made.stdout.strip())).status_code == 200
        [key] = client.get("/v1/keys", headers=AUTHORIZED).json()["items"]
    left = datetime.fromisoformat(key["expires_at"]) - datetime.now(UTC)
    assert (key["name"], key["scopes"], (left + timedelta(hours=1)).days) == (
        "feed reader",
        ["briefings:read"],
        90,
    )


def test_the_command_lists_and_revokes(command: Keys) -> None:
    key = command("create", "importer", "--scope", "documents:write").stdout.strip()
    assert (
        command("list").stdout
        == f"{key[:11]}  documents:write   in force            never used             importer\n"
    )
    done = command("revoke", key[:8])
    assert (done.returncode, done.stdout) == (0, f"revoked {key[:11]} (importer)\n")
    assert f"revoked {datetime.now(UTC):%Y-%m}" in command("list").stdout
    again = command("revoke", key[:8])
    assert (again.returncode, again.stderr) == (
        2,
        f"readout: {key[:8]}: no key in force begins so: see readout keys list\n",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create", "a"], "Missing option '--scope'."),
        (["create", "a", "--scope", "all"], "Invalid value for '--scope': 'all' is not one of"),
        (
            ["create", "a", "--scope", "admin", "--expires", "soon"],
            "'soon' is neither days like 90d nor a day",
        ),
        (["create", "a", "--scope", "admin", "--expires", "2001-01-01"], "2001-01-01 is not in the future"),
        (["create", "", "--scope", "admin"], "the name of a key has 1 to 100 printable characters"),
    ],
)
def test_the_command_refuses_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    url = f"sqlite:///{tmp_path}/readout.db"
    prepare(url)
    done = forked.run([READOUT, "keys", *arguments, "--database", url], text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_a_database_that_was_not_migrated(tmp_path: Path) -> None:
    line: list[str | Path] = [READOUT, "keys", "list", "--database", f"sqlite:///{tmp_path}/empty.db"]
    done = forked.run(line, text=True)
    assert done.returncode == 2
    assert "run `readout migrate`" in done.stderr
