"""What is worth telling between two revisions of a briefing."""

from msgspec.structs import replace

from pipeline.briefings.diff import fact_changes, is_on, story
from schemas import Position, SummarySentence, fuzzy_date
from tests.store.invented import briefing, conflict, deadline, fact, figure, stake

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
    sentence = SummarySentence(text="Salmon duties would fall.", fact_ids=[fact("fifteen")["id"]])
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
