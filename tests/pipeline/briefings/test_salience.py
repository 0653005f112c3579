"""What a briefing tells first, its main days, and what became of what fell due."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from schemas import Briefing
from schemas.kinds import facts_of

PartOf = Callable[..., Part]
NOW = datetime(2031, 6, 1, tzinfo=UTC)
OPENED = (
    "Peru and Japan opened trade talks in Lima on Monday, 3 March 2031. Trade Minister Ana Quispe leads the Peruvian "
    "delegation.\n\nJapan charges a duty of 12% on Peruvian grapes. The tariff truce between Peru and Japan ends on 30 April "
    "2031. The next round is due to open in Tokyo on 5 May 2031.\n"
)
EXTENDED = "The tariff truce that was to end on 30 April 2031 has been extended until 31 July 2031, Peru and Japan said. They had opened trade talks in Lima on Monday, 3 March 2031.\n"
MOVED = (
    "The next round of trade talks between Peru and Japan has been put off from 5 May to 19 May 2031. They had opened "
    "trade talks in Lima on Monday, 3 March 2031.\n"
)
COUNTED = (
    "Peru and Japan ended trade talks in Lima on {day} March 2031. They have closed {number} of the 23 chapters of their "
    "trade agreement.\n"
)


def briefing_of(part_of: PartOf, *told: tuple[str, str], now: datetime = NOW) -> Briefing:
    """The one briefing of texts, each with the day on which it was published."""
    (briefing,) = merge([part_of(text, published=day) for text, day in told], now=now)
    return briefing


def statuses(briefing: Briefing) -> dict[str, str]:
    return {due.date.edtf: due.status for due in briefing.deadlines if due.date and due.date.edtf}


def test_a_fact_weighs_more_the_more_origins_tell_it_and_the_more_it_decides(part_of: PartOf) -> None:
    again = "Lima saw the start of trade talks on 3 March 2031: that Monday, Japan and Peru opened trade talks on fruit.\n"
    briefing = briefing_of(part_of, (OPENED, "2031-03-04"), (again, "2031-03-04"))
    weight = {fact.id: fact.salience for fact in facts_of(briefing)}
    assert all(0 < each <= 1 for each in weight.values())
    (met,) = (event for event in briefing.events if event.status == "occurred")
    assert met.origins == 2
    assert weight[met.id] > max(weight[figure.id] for figure in briefing.figures)


def test_lists_without_days_begin_with_what_weighs_most(part_of: PartOf) -> None:
    briefing = briefing_of(part_of, (OPENED, "2031-03-04"), (EXTENDED, "2031-03-06"))
    for facts in (briefing.stakes, briefing.figures, briefing.statements):
        weights = [fact.salience for fact in facts]
        assert weights == sorted(weights, reverse=True)


def test_a_readout_of_one_document_weighs_nothing(part_of: PartOf) -> None:
    assert {fact.salience for fact in facts_of(part_of(OPENED).readout)} == {0.0}


def test_the_timeline_has_the_main_days_in_order_each_once(part_of: PartOf) -> None:
    briefing = briefing_of(part_of, (OPENED, "2031-03-04"), now=datetime(2031, 3, 5, tzinfo=UTC))
    days = [entry.date.edtf for entry in briefing.timeline]
    assert days == ["2031-03-03", "2031-04-30", "2031-05-05"]
    ids = {fact.id for fact in facts_of(briefing)}
    assert all(set(entry.fact_ids) <= ids for entry in briefing.timeline)


def test_what_has_passed_without_a_word_is_not_known_to_be_met(part_of: PartOf) -> None:
    early, late = (
        briefing_of(part_of, (OPENED, "2031-03-04"), now=datetime(2031, month, 4, tzinfo=UTC))
        for month in (3, 6)
    )
    assert statuses(early) == {"2031-04-30": "pending", "2031-05-05": "pending"}
    assert statuses(late) == {"2031-04-30": "unknown", "2031-05-05": "unknown"}


def test_what_a_later_document_extends_stays_as_history(part_of: PartOf) -> None:
    briefing = briefing_of(part_of, (OPENED, "2031-03-04"), (EXTENDED, "2031-03-06"))
    told = statuses(briefing)
    assert told["2031-04-30"] in {"extended", "superseded"}
    assert told["2031-07-31"] == "pending"
    assert not any(conflict.kind == "value" for conflict in briefing.conflicts)


LATER = (
    "Peru and Japan ended trade talks in Tokyo on Tuesday, 22 April 2031. They agreed to extend the tariff truce until "
    "31 July 2031.\n"
)


def test_what_a_later_round_moves_is_moved_in_the_round_before(part_of: PartOf) -> None:
    opened, later = part_of(OPENED, published="2031-03-04"), part_of(LATER, published="2031-04-23")
    now = datetime(2031, 4, 23, tzinfo=UTC)
    first, second = sorted(merge([opened, later], now=now), key=lambda one: one.title)
    assert (first.negotiation.next_round, second.negotiation.prior_round) == (second.id, first.id)
    assert statuses(first)["2031-04-30"] == "extended"
    assert statuses(second) == {"2031-07-31": "pending"}
    report = part_of(
        f"{OPENED}Peru has since asked Japan for a lower duty on grapes.\n", published="2031-03-05"
    )
    [alone] = merge([opened, report], previous=[first], now=now)
    assert alone.revision == first.revision + 1
    assert statuses(alone)["2031-04-30"] == "extended"


def test_a_round_that_is_put_off_has_its_new_day_and_keeps_the_old_one(part_of: PartOf) -> None:
    briefing = briefing_of(
        part_of, (OPENED, "2031-03-04"), (MOVED, "2031-03-06"), now=datetime(2031, 3, 7, tzinfo=UTC)
    )
    told = statuses(briefing)
    assert (told["2031-05-05"], told["2031-05-19"]) == ("superseded", "pending")
    assert "2031-05-05" not in {entry.date.edtf for entry in briefing.timeline}


def test_a_meeting_that_was_held_is_a_deadline_that_was_met(part_of: PartOf) -> None:
    ahead = "Peru and Japan will open trade talks in Lima on 3 March 2031.\n"
    briefing = briefing_of(part_of, (ahead, "2031-03-01"), (OPENED, "2031-03-04"))
    assert statuses(briefing)["2031-03-03"] == "met"


def test_a_count_that_goes_on_is_no_conflict(part_of: PartOf) -> None:
    texts: Sequence[tuple[str, str]] = [
        (COUNTED.format(day=4, number=11), "2031-03-04"),
        (COUNTED.format(day=4, number=12), "2031-03-06"),
    ]
    briefing = briefing_of(part_of, *texts)
    assert sorted(figure.value for figure in briefing.figures) == [11, 12]
    assert not briefing.conflicts


def test_no_sentence_of_the_summary_leans_on_one_that_is_not_told(part_of: PartOf) -> None:
    long = "The truce on duties between Peru and Japan runs out on 30 June 2031."
    text = f"Peru and Japan opened trade talks in Lima on Monday, 3 March 2031.\n\n{long} It lapses on 30 June 2031.\n"
    told = [sentence.text for sentence in briefing_of(part_of, (text, "2031-03-04")).summary]
    assert long in told
    assert not any(sentence.startswith("It ") for sentence in told)


@pytest.mark.parametrize(
    ("report", "status"),
    [
        ("The deadline for the signing, 30 May 2031, passed unused in Lima, officials of both sides said.", "missed"),
        ("On Friday, 30 May 2031, nobody had signed the trade agreement between Peru and Japan.", "missed"),
        ("Peru and Japan signed their trade agreement in Lima on 30 May 2031.", "met"),
        ("Peru and Japan kept talking about trade in Lima.", "unknown"),
    ],
)  # fmt: skip
def test_what_was_due_was_met_or_missed_as_a_source_tells(part_of: PartOf, report: str, status: str) -> None:
    plan = f"{OPENED}The trade agreement will be signed in Lima by 30 May 2031.\n"
    after = f"{OPENED}{report}\n"
    now = datetime(2031, 6, 2, tzinfo=UTC)
    briefing = briefing_of(part_of, (plan, "2031-03-04"), (after, "2031-06-01"), now=now)
    assert statuses(briefing)["2031-05-30"] == status
