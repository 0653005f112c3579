"""What the database of these tests holds: talks of Norway and Chile, revised once, and of Fiji and Tonga."""

from datetime import timedelta

from msgspec.structs import replace

from schemas import Briefing, SummarySentence
from store.engine import connect
from tests.store.invented import (
    T0,
    add,
    briefing,
    conflict,
    deadline,
    delegate,
    delegation,
    event,
    fact,
    figure,
    save,
    stake,
    statement,
)
from worker.rebuild import rebuild

OTHER = "brf_0000000000000002"


def first() -> Briefing:
    return briefing(
        deadlines=[deadline("Sign the protocol", "2031-04-01"), deadline("Review", None, kind="review")]
    )


def second() -> Briefing:
    sentence = SummarySentence(
        text="Salmon duties would fall.",
        fact_ids=[fact("fifteen")["id"]],
        about="outcome",
        by="rules",
        original=None,
        unproven=[],
    )
    return replace(
        first(),
        revision=2,
        updated_at=T0 + timedelta(hours=1),
        headline=replace(sentence, text="Salmon duties would fall, says the paper"),
        summary=[sentence],
        delegations=[
            delegation("NO", delegate("Ana Example", "NO")),
            delegation("CL", delegate("Ben Beispiel", "CL")),
        ],
        stakes=[stake("Salmon duties", "tariffs"), stake("Port fees", "services_digital")],
        deadlines=[
            *first().deadlines,
            deadline("Data", "2031-03", kind="data_release"),
        ],
        figures=[
            figure("fifteen", 15.0, "%"),
            replace(figure("twelve", 12.0, "%"), proof="quoted"),
            figure("two", 2e9, "NOK", "trade_value"),
        ],
        statements=[
            statement("We will sign", "Ana Example", "NO"),
            statement("They are close", "Ben Beispiel", "CL", direct=False),
        ],
        events=[event("Round two", "2031-03-14"), event("Next round", None)],
        conflicts=[conflict("the duty", "fifteen", "twelve")],
    )


def third() -> Briefing:
    """Of Fiji and Tonga, made a day later."""
    return briefing(
        documents=["b"],
        parties=("FJ", "TO"),
        id=OTHER,
        slug="fj-to",
        title="Kava",
        created_at=T0 + timedelta(days=1),
        updated_at=T0 + timedelta(days=1),
        deadlines=[deadline("Kava quota", "2031-05-01", document="b", briefing=OTHER)],
    )


def fill(url: str) -> None:
    engine = connect(url)
    document = add(engine, "a")
    rebuild(engine, document, save(first()))
    rebuild(engine, document, save(second()))
    rebuild(engine, add(engine, "b", ("FJ", "TO")), save(third()))
    add(engine, "c", None)
    engine.dispose()
