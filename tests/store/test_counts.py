"""What the database holds is counted, or, where that is much, known without."""

import pytest
from sqlalchemy import Engine

from store import engine as databases
from store.engine import connect, writing
from store.workers import row_counts
from tests.store.invented import add, briefing, deadline, save
from worker.rebuild import rebuild

FACTS = [deadline(f"Talk {number}", None) for number in range(30)]


def counts(engine: Engine) -> tuple[int, int]:
    """Briefings and facts."""
    told = row_counts(engine)
    return told["briefings"][1], told["current_facts"][1]


def test_what_is_there_is_counted_without_what_was_withdrawn(engine: Engine) -> None:
    assert counts(engine) == (0, 0)
    first, other = briefing(deadlines=FACTS), briefing(["b"], ("KE", "CL"), id="brf_0000000000000002")
    rebuild(engine, add(engine, "a"), save(first))
    rebuild(engine, add(engine, "b", ("KE", "CL")), save(other))
    assert counts(engine) == (2, len(FACTS))
    gone = briefing(["b"], ("KE", "CL"), id=other.id, revision=2, status="withdrawn")
    rebuild(engine, add(engine, "b", ("KE", "CL")), save(gone))
    assert counts(engine) == (1, len(FACTS))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_many_rows_are_as_many_as_there_were_when_the_server_looked(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "COUNTED_UP_TO", 20)
    engine = connect(database_url)
    rebuild(engine, add(engine, "a"), save(briefing(deadlines=FACTS)))
    with writing(engine) as session:
        session.connection().exec_driver_sql("ANALYZE facts")
    later = briefing(revision=2, deadlines=[*FACTS, deadline("Sign", None)])
    rebuild(engine, add(engine, "a"), save(later))
    assert counts(engine) == (1, len(FACTS))
    engine.dispose()
