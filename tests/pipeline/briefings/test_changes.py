"""What is worth telling between two revisions of a briefing, and between two rounds of the same sides."""

from collections.abc import Sequence
from datetime import date

import pytest
from msgspec.structs import replace

from pipeline.briefings.diff import fact_changes, is_on, open_deadlines, round_changes, story
from schemas import Briefing, Deadline, Delegation, Fact, Figure, Position, SummarySentence, fuzzy_date
from tests.store.invented import briefing, conflict, deadline, delegate, fact, figure, stake

OLD = briefing(
    deadlines=[deadline("Sign", "2031-04-01")],
    figures=[figure("fifteen", 15.0, "%")],
    stakes=[stake("Salmon duties", "tariffs")],
)


def told(before, after):
    return [(each.change, each.kind, each.fact.id, each.fields) for each in fact_changes(before, after)]


def test_what_came_what_went_and_what_says_something_else() -> None:
    after = replace(
        OLD,
        deadlines=[replace(OLD.deadlines[0], date=fuzzy_date("2031-05-01", "1 May"), status="extended")],
        figures=[figure("twelve", 12.0, "%")],
    )
    assert told(OLD, after) == [
        ("added", "figure", fact("twelve")["id"], []),
        ("changed", "deadline", fact("Sign")["id"], ["date", "status"]),
        ("gone", "figure", fact("fifteen")["id"], []),
    ]


def test_a_fact_that_changed_comes_with_what_it_was() -> None:
    after = replace(OLD, deadlines=[replace(OLD.deadlines[0], status="met")])
    (change,) = fact_changes(OLD, after)
    assert (change.before, change.fact) == (OLD.deadlines[0], after.deadlines[0])


def test_more_proof_of_the_same_is_no_news() -> None:
    more = fact("Sign")["evidence"] + fact("Sign", document="b")["evidence"]
    after = replace(OLD, deadlines=[replace(OLD.deadlines[0], evidence=more, changed_revision=2)])
    assert told(OLD, after) == []


def test_who_has_read_it_and_more_proof_of_a_position_are_no_news() -> None:
    one = Position(party="NO", ask="a quota", offer=None, red_line=None, evidence=fact("x")["evidence"])
    before = replace(OLD, stakes=[replace(OLD.stakes[0], positions=[one])])
    more = replace(one, evidence=[*one.evidence, *fact("x", document="b")["evidence"]])
    read = replace(before.stakes[0], positions=[more], proof="quoted")
    assert told(before, replace(before, stakes=[read])) == []
    other = replace(read, positions=[replace(more, ask="a lower duty")])
    assert told(before, replace(before, stakes=[other])) == [
        ("changed", "stake", fact("Salmon duties")["id"], ["positions"])
    ]


def test_nothing_changed() -> None:
    assert told(OLD, OLD) == []


def test_a_new_briefing_is_told_by_its_summary() -> None:
    sentence = SummarySentence(
        text="Salmon duties would fall.",
        fact_ids=[fact("fifteen")["id"]],
        about="outcome",
        by="rules",
        original=None,
        unproven=[],
    )
    found = story(None, replace(OLD, summary=[sentence]))
    assert (found.opening, found.changes) == ([sentence], [])


def test_a_new_briefing_without_a_summary_is_told_by_its_facts() -> None:
    found = story(None, OLD)
    assert found.opening == []
    assert [(each.change, each.kind) for each in found.changes] == [
        ("added", "deadline"),
        ("added", "stake"),
        ("added", "figure"),
    ]


def test_disagreements_that_nobody_settled_are_told_and_whether_they_are_new() -> None:
    known, new = conflict("the duty", "fifteen", "twelve"), conflict("the day", "fifteen", "twelve")
    settled = replace(conflict("the name", "fifteen", "twelve"), resolution="the first")
    found = story(replace(OLD, conflicts=[known]), replace(OLD, conflicts=[known, new, settled]))
    assert found.conflicts == [(known, False), (new, True)]


def test_of_a_withdrawn_briefing_there_is_nothing_to_tell() -> None:
    found = story(
        OLD, replace(OLD, status="withdrawn", conflicts=[conflict("the duty", "fifteen", "twelve")])
    )
    assert (found.opening, found.changes, found.conflicts) == ([], [], [])


def test_a_topic_is_also_what_narrows_it() -> None:
    meat = briefing(stakes=[stake("Lamb", "market_access.agriculture")])
    assert is_on(meat, ["market_access"]) and is_on(meat, ["tariffs", "market_access.agriculture"])
    assert not is_on(meat, ["market"]) and not is_on(meat, ["tariffs"])
    assert is_on(meat, [])


def saying(one: Fact, sentence: str) -> dict[str, object]:
    """What a fact rests on, as a document with this sentence alone has it."""
    [evidence] = one.evidence
    return {"evidence": [replace(evidence, exact=sentence, start=0, end=len(sentence))]}


def rate(name: str, value: float, document: str) -> Figure:
    one = replace(figure(name, value, "%"), **fact(name, document=document))
    return replace(one, subject="the duty on salmon", **saying(one, f"The duty on salmon would be {name}."))


def due(what: str, day: str | None, document: str, kind: str = "measure_expiry") -> Deadline:
    one = deadline(what, day, document=document, kind=kind)
    return replace(one, **saying(one, what))


def led_by(name: str, party: str = "NO") -> Delegation:
    return Delegation(party=party, head="sole", members=[replace(delegate(name, party), head=True)])


def told_between(*rounds: Briefing) -> list[tuple[str, str, str]]:
    return [(one.kind, one.before.value, one.after.value) for one in round_changes(rounds)]


def test_a_round_that_tells_another_rate_changed_it() -> None:
    first, second, third = (
        briefing(figures=[rate("20 per cent", 20.0, "a")]),
        briefing(deadlines=[due("The truce ends", "2031-05-12", "b")]),
        briefing(figures=[rate("12 per cent", 12.0, "c")]),
    )
    assert told_between(first, second, third) == [("figure", "20 per cent", "12 per cent")]
    [change] = round_changes([first, third])
    assert change.about == "tariff rate: the duty on salmon"
    assert change.before.fact_id == first.figures[0].id and change.after.fact_id == third.figures[0].id


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([rate("20 per cent", 20.0, "a")], [rate("20 percent", 20.0, "b")]),
        ([rate("20 per cent", 20.0, "a")], [replace(rate("12 per cent", 12.0, "b"), subject="the port fee")]),
        ([rate("20 per cent", 20.0, "a")], [replace(rate("12 per cent", 12.0, "b"), imposed_by="NO")]),
        ([rate("20 per cent", 20.0, "a")], [rate("12 per cent", 12.0, "b"), rate("15 per cent", 15.0, "b")]),
        ([rate("20 per cent", 20.0, "a"), rate("25 per cent", 25.0, "a")], [rate("12 per cent", 12.0, "b")]),
    ],
    ids=["the same", "another thing", "another measure", "two values now", "two values before"],
)
def test_what_is_no_change_of_a_rate(before: Sequence[Figure], after: Sequence[Figure]) -> None:
    old = [replace(one, imposed_by="CL") for one in before]
    new = [replace(one, imposed_by=one.imposed_by or "CL") for one in after]
    assert told_between(briefing(figures=old), briefing(figures=new)) == []


def test_who_leads_a_side_changed() -> None:
    first, second = briefing(delegations=[led_by("Ana Example")]), briefing(delegations=[led_by("Bo Muster")])
    assert told_between(first, replace(first, deadlines=[])) == []
    other = replace(second.delegations[0].members[0], **fact("Bo Muster", document="b"))
    second = replace(second, delegations=[replace(second.delegations[0], members=[other])])
    assert told_between(first, second) == [("delegate", "Ana Example", "Bo Muster")]


FIRST = briefing(deadlines=[due("The truce on salmon ends", "2031-05-12", "a")])
SECOND = briefing(deadlines=[due("They extended the truce on salmon", "2031-08-10", "b")])


def test_a_day_that_a_later_round_moved() -> None:
    assert told_between(FIRST, SECOND) == [("deadline", "2031-05-12", "2031-08-10")]
    other = briefing(deadlines=[due("The ban on cod ends", "2031-08-10", "b")])
    assert told_between(FIRST, other) == []


def open_in(*rounds: Briefing, today: str = "2031-04-01") -> list[str]:
    return [one.what for one in open_deadlines(rounds, round_changes(rounds), date.fromisoformat(today))]


def test_deadlines_open_across_rounds_are_those_that_nothing_moved() -> None:
    review = due("The review begins", "2031-04-20", "a", kind="review")
    first = replace(FIRST, deadlines=[*FIRST.deadlines, review])
    assert open_in(first, SECOND) == ["The review begins", "They extended the truce on salmon"]
    assert open_in(first, SECOND, today="2031-05-01") == ["They extended the truce on salmon"]


def test_a_deadline_of_two_rounds_is_open_once_and_over_once_it_was_met() -> None:
    again = replace(FIRST, deadlines=[due("The salmon truce will end", "2031-05-12", "b")])
    assert open_in(FIRST, again) == ["The salmon truce will end"]
    met = replace(FIRST, deadlines=[replace(FIRST.deadlines[0], status="met")])
    assert open_in(met) == []


def test_what_has_no_day_is_open_in_the_last_round_alone() -> None:
    undated = briefing(deadlines=[due("They are to sign", None, "a", kind="signing")])
    assert open_in(undated) == ["They are to sign"]
    assert open_in(undated, SECOND) == ["They extended the truce on salmon"]
