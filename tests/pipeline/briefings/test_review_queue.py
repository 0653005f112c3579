"""The queue of an editor: why a fact is in it, what comes first, and what editors' decisions teach."""

from datetime import date
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from pipeline.briefings.review_queue import (
    Experience,
    Queued,
    WaitingFact,
    review_queue,
    waiting_fact,
    waiting_facts,
)
from schemas import Fact, Figure, Review
from schemas.kinds import facts_of, kind_of
from schemas.vocabulary import Verdict
from tests.store.invented import T0, briefing, deadline, delegate, delegation, event, figure, stake, statement

TODAY = date(2031, 4, 1)
SURE: dict[str, Any] = {"origins": 2, "certainty": "confirmed"}
NOVICE = Experience([])


def duty(name: str, **told: Any) -> Figure:
    return replace(figure(name, 15.0, "%"), **told)


def waiting(fact: Fact) -> WaitingFact:
    return waiting_fact(kind_of(fact).name, json.encode(fact))


def queue_of(*facts: Fact, experience: Experience = NOVICE) -> list[Queued]:
    return review_queue(map(waiting, facts), experience, TODAY)


def decided(*verdicts: Verdict, times: int = 1, **told: Any) -> Experience:
    return Experience((waiting(duty("decided", **told)), verdict, TODAY) for verdict in verdicts * times)


def test_of_a_briefing_its_facts_alone_are_read() -> None:
    told = briefing(
        delegations=[delegation("NO", delegate("d", "NO"))],
        stakes=[stake("t", "tariffs")],
        deadlines=[deadline("due", "2031-04-02"), deadline("undated", None)],
        figures=[contradicted(figure("duty", 15.0, "%"))],
        statements=[statement("said", "Ms Ruiz", "CL")],
        events=[event("met", "2031-03-30")],
    )
    assert list(waiting_facts(json.encode(told))) == [waiting(fact) for fact in facts_of(told)]
    due, _, duty = list(waiting_facts(json.encode(told)))[2:5]
    assert (due.word, due.status, due.latest) == ("signing", "pending", date(2031, 4, 2))
    assert (duty.word, duty.latest, duty.contradicted) == ("tariff_rate", None, True)


def contradicted(fact: Figure) -> Figure:
    review = Review(
        id="rev_7a6b5c4d3e2f1a0b",
        verdict="accepted",
        by="desk",
        at=T0,
        note=None,
        corrections=[],
        contradicted=True,
    )
    return replace(fact, review=review)


@pytest.mark.parametrize(
    ("fact", "reasons"),
    [
        (duty("alone"), ["one_origin"]),
        (duty("disputed", origins=2, certainty="disputed"), ["disputed"]),
        (duty("claimed", origins=2, certainty="claimed"), ["hedged"]),
        (duty("by a model", **SURE, proof="quoted"), ["quoted"]),
        (contradicted(duty("decided", **SURE)), ["contradicted"]),
        (duty("weighty", salience=0.6), ["one_origin", "salient"]),
        (deadline("due", "2031-04-15"), ["one_origin", "due_soon"]),
        (deadline("due", "2031-04-16"), ["one_origin"]),
        (deadline("past", "2031-03-31"), ["one_origin", "overdue"]),
        (deadline("undated", None), ["one_origin"]),
        (event("held", "2031-04-02"), ["one_origin"]),
    ],
)
def test_a_fact_waits_for_these_reasons(fact: Fact, reasons: list[str]) -> None:
    [queued] = queue_of(fact)
    assert queued.reasons == reasons


def test_a_fact_against_which_nothing_speaks_does_not_wait() -> None:
    assert queue_of(duty("sure", **SURE, salience=0.9)) == []


def test_a_deadline_that_was_met_is_not_overdue() -> None:
    [queued] = queue_of(replace(deadline("met", "2031-03-01"), status="met"))
    assert queued.reasons == ["one_origin"]


def test_the_likelier_wrong_and_the_weightier_come_first() -> None:
    alone, weighty, disputed = (
        duty("alone"),
        duty("weighty", salience=0.9),
        duty("disputed", certainty="disputed"),
    )
    both = duty("both", certainty="disputed", salience=0.9)
    assert [one.id for one in queue_of(alone, weighty, disputed, both)] == [
        *(both.id, weighty.id, disputed.id, alone.id),
    ]


def test_what_falls_due_soon_matters_though_it_weighs_little() -> None:
    far, soon = deadline("far", "2031-09-01"), deadline("soon", "2031-04-03")
    assert [one.id for one in queue_of(far, soon)] == [soon.id, far.id]


def test_how_such_facts_were_decided_about_is_told() -> None:
    [queued] = queue_of(duty("next"), experience=decided("accepted", "corrected", "rejected"))
    assert (queued.before.decided, queued.before.mended) == (3, 2)
    assert 0.1 < queued.before.rate < 2 / 3, "few decisions say little"
    [queued] = queue_of(duty("next"), experience=decided("corrected", times=200))
    assert queued.before.rate > 0.9, "many say much"


def test_decisions_about_other_facts_count_less() -> None:
    taught = decided("corrected", times=20, measure="share")
    [share], [rate], [day] = (
        queue_of(fact, experience=taught)
        for fact in (duty("share", measure="share"), duty("rate"), deadline("due", None))
    )
    assert share.before.rate > rate.before.rate > day.before.rate > 0.1
    assert (share.before.decided, rate.before.decided, day.before.decided) == (20, 0, 0)


def test_a_reason_for_which_facts_are_always_right_weighs_less_and_less() -> None:
    hedged = duty("hedged", certainty="claimed", origins=2)
    told = [
        queue_of(hedged, experience=decided("accepted", times=many, certainty="claimed", measure="count"))
        for many in (0, 10, 100)
    ]
    assert [one.priority for [one] in told] == sorted((one.priority for [one] in told), reverse=True)
    assert told[2][0].priority < told[0][0].priority / 2


def test_the_same_facts_are_always_in_the_same_order() -> None:
    facts = [duty(f"{n}") for n in range(9)]
    assert queue_of(*facts) == queue_of(*reversed(facts))
