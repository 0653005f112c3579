"""What is due of all that has its time, asked of all kinds in one statement."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store.embargoes import any_embargo_over
from store.mailings import any_mailing_due
from store.publication import any_draft_due
from store.schedules import any_schedule_due
from store.watches import any_host_due
from store.webhooks import any_webhook_due
from store.writing import any_text_due

Matter = Literal["fetching", "delivering", "writing", "sending", "publishing"]


def due_matters(
    engine: Engine, matters: Collection[Matter], now: datetime, leaving: Sequence[str] = ()
) -> set[Matter]:
    """Of which of these something is due. `leaving`: as in `store.mailings.take_mailing`."""
    due = {
        "fetching": any_host_due(now),
        "delivering": any_webhook_due(now),
        "writing": any_text_due(now),
        "sending": any_schedule_due(now) | any_mailing_due(now, leaving),
        "publishing": any_embargo_over(now) | any_draft_due(now),
    }
    asked = sorted(matters)
    with Session(engine) as session:
        told = session.execute(select(*(due[matter] for matter in asked))).one()
    return {matter for matter, is_due in zip(asked, told, strict=True) if is_due}
