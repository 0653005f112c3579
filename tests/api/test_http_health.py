"""`/health/live` asks the process alone, `/health/ready` the database too."""

from pathlib import Path

from sqlalchemy import create_engine, text

from tests.api.conftest import Client, serving
from worker.jobs import prepare


def told(client: Client, path: str) -> tuple[int, str]:
    """The status, and the kind of trouble if there is any."""
    answer = client.get(path)
    if answer.status_code == 200:
        assert answer.json() == {"status": "ok"}
        return 200, ""
    assert answer.headers["Retry-After"] == "1"
    problem = answer.json()
    assert problem["type"] == "/problems/not-ready"
    return answer.status_code, problem["errors"][0]["pointer"]


def test_a_migrated_database_is_ready(client: Client) -> None:
    assert told(client, "/health/live") == told(client, "/health/ready") == (200, "")


def test_neither_takes_a_key(database_url: str) -> None:
    with serving(database_url) as client:
        del client.headers["Authorization"]
        assert told(client, "/health/live") == told(client, "/health/ready") == (200, "")


def test_a_database_without_tables_is_not_ready(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path}/readout.db") as client:
        assert told(client, "/health/ready") == (503, "migrations")


def test_a_database_of_an_earlier_version_is_not_ready(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    with serving(database_url) as client:
        assert told(client, "/health/ready") == (503, "migrations")


def test_a_database_whose_bodies_have_another_shape_is_not_ready_until_migrated(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE bodies SET shape = 'of another version'"))
    engine.dispose()
    with serving(database_url) as client:
        assert told(client, "/health/ready") == (503, "migrations")
        prepare(database_url)
        assert told(client, "/health/ready") == (200, "")


def test_an_old_service_goes_on_while_a_new_version_is_rolled_out(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with serving(database_url) as client:
        assert told(client, "/health/ready") == (200, "")


def test_a_server_that_does_not_answer_is_not_ready_and_the_process_lives() -> None:
    with serving("postgresql://nobody@127.0.0.1:9/none") as client:
        assert told(client, "/health/ready") == (503, "database")
        assert told(client, "/health/live") == (200, "")
