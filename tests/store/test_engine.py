"""What the connections of a database are like, whichever it is."""

import pytest
from sqlalchemy import Engine, literal, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from store.engine import one_of, writing
from store.tables import DocumentRow

WANTED = select(col(DocumentRow.id)).where(one_of(col(DocumentRow.id), "given"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_list_of_ids_is_looked_up_by_the_index(engine: Engine) -> None:
    asked = str(WANTED.compile(dialect=sqlite.dialect(paramstyle="named")))
    with engine.connect() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {asked}"), {"given": '["a"]'}).all()
    assert plan[0][3].startswith("SEARCH documents")


def test_a_list_may_hold_any_words(engine: Engine) -> None:
    words = ["a", 'it"s', "back\\slash", "{b,c}", "NULL", "", " ", "é", "two\nlines", "it's"]
    with Session(engine) as session:
        for word in words:
            assert session.scalar(select(one_of(literal(word), "given")), {"given": words})
        assert not session.scalar(select(one_of(literal("b"), "given")), {"given": words})
        assert not session.scalar(select(one_of(literal("a"), "given")), {"given": []})


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_reads_prepared_stays_prepared(engine: Engine) -> None:
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%documents.id%'")
    for _ in range(10):  # psycopg prepares what is asked for often
        with Session(engine) as session:
            session.execute(WANTED, {"given": ["a"]})
    with Session(engine) as session:
        assert session.scalar(prepared) == 1


def test_what_writes_is_undone_whole(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as session:
        session.execute(text("DELETE FROM alembic_version"))
        raise ZeroDivisionError
    with Session(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
