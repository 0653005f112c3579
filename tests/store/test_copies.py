"""What near copies of a document are found among."""

from typing import Any

import pytest
from sqlalchemy import event

from store.copies import like
from store.engine import connect


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_documents_that_share_words_are_looked_at(database_url: str) -> None:
    engine = connect(database_url)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    assert like(engine, "f00d") == []
    [(statement, parameters)] = [one for one in asked if "sketches" in one[0]]
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    steps = [step.detail for step in plan if " documents " in step.detail]
    assert len(steps) == 1
    assert steps[0].endswith("(id=?)")
    engine.dispose()
