"""What pages add to the facts: a line of deadlines, bars, colours, months, and two revisions word for word."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from api.http.openapi import story
from api.rendering.comparison import changed_words, compared_pages
from api.rendering.figures import figure_columns, figure_groups
from api.rendering.highlights import cards, how_far
from api.rendering.html import few_and_rest, html
from api.rendering.marked import Layout, margin_of, runs
from api.rendering.outline import entry_of
from api.rendering.scripts import language_attributes, script_of, unturned
from api.rendering.sides import disagreements, stake_sides
from api.rendering.sources import origins_of
from api.rendering.timeline import LINE_WIDTH, deadline_line, months, state_of
from pipeline.documents.document import Block
from pipeline.documents.formats import PageStart
from schemas import Deadline, Evidence, Figure, fuzzy_date, unresolved
from tests.api.rendering.invented import BRIEFING
from tests.store.invented import deadline, event, fact

TODAY = date(2031, 4, 10)


def due(day: str | None, status: str = "pending", **more: Any) -> Deadline:
    name = f"{day}{status}{more}"
    return replace(deadline(name, day), status=status, what="The offer lapses", **more)


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (due("2031-04-10"), "ahead"),
        (due("2031-04"), "ahead"),
        (due("2031-04-09"), "past"),
        (due("2031-05-01", "met"), "over"),
        (due(None), "ahead"),
    ],
)
def test_a_deadline_is_ahead_past_or_over(one: Deadline, state: str) -> None:
    assert state_of(one, TODAY) == state


def test_deadlines_stand_on_a_line_and_fuzzy_ones_are_as_wide_as_they_are_unsure() -> None:
    line = deadline_line([due("2031-06"), due("2031-05-01"), due(None)], TODAY)
    assert line is not None and line.today is not None
    day, month = line.marks
    assert day.x == day.end < month.x < month.end <= LINE_WIDTH
    assert (day.end - day.x, round(month.end - month.x) > 200) == (0, True)
    assert line.today < day.x
    assert [tick.label for tick in line.ticks] == ["May", "Jun", "Jul"]


def test_labels_of_a_line_do_not_cover_each_other() -> None:
    line = deadline_line([due(f"2031-05-{day:02}") for day in range(1, 11)], TODAY)
    assert line is not None
    assert len({mark.y for mark in line.marks}) > 1
    assert all(
        mark.label.startswith(f"{n} May 2031: The offer") for n, mark in enumerate(line.marks, start=1)
    )


def test_a_line_needs_two_days_and_leaves_out_a_far_today() -> None:
    assert deadline_line([due("2031-05-01"), due(None)], TODAY) is None
    line = deadline_line([due("2041-05-01"), due("2041-06-01")], TODAY)
    assert line is not None and line.today is None


def test_a_condition_stands_with_its_deadline() -> None:
    bound = due("2031-05-01", conditions=story.DEADLINE.conditions)
    line = deadline_line([bound, due("2031-06-01")], TODAY)
    assert line is not None
    assert line.marks[0].label == "1 May 2031: The offer lapses (unless a deal is signed)"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2031-04-10", "today"),
        ("2031-04-11", "tomorrow"),
        ("2031-04-22", "in 12 days"),
        ("2031-04-03", "7 days ago"),
        ("2032-04-10", "in 12 months"),
        ("2031-05", "in 21 days or later"),
        ("2031-04", "perhaps now"),
        ("2031-03", "10 days ago"),
        ("2031-05/..", ""),
    ],
)
def test_how_far_off_a_date_is(day: str, words: str) -> None:
    assert how_far(fuzzy_date(day, "then"), TODAY) == words


def test_what_matters_is_the_next_deadline_an_open_dispute_and_what_happened() -> None:
    held = replace(event("They met", "2031-04-01"), status="occurred")
    whole = replace(
        BRIEFING, deadlines=[due("2031-06-01"), due("2031-05-01"), due("2031-04-20", "met")], events=[held]
    )
    assert [(card.label, card.lead) for card in cards(whole, TODAY)] == [
        ("Next deadline", "1 May 2031"),
        ("Sources disagree", story.DISAGREEMENT.about),
        ("What happened", "1 April 2031"),
    ]
    settled = replace(story.DISAGREEMENT, resolution="3 per cent")
    talks = replace(BRIEFING.negotiation, outcome="a joint statement")
    quiet = replace(whole, deadlines=[due("2031-01-01")], conflicts=[settled], negotiation=talks)
    assert [(card.label, card.lead) for card in cards(quiet, TODAY)] == [
        ("Next deadline", "None ahead"),
        ("Outcome", "a joint statement"),
    ]


def figure(subject: str, value: float, **more: Any) -> Figure:
    plain: dict[str, Any] = {
        "previous_value": None,
        "applies_to": [],
        "imposed_by": None,
        "effective": None,
        "period": None,
    }
    return replace(story.FIGURE, **fact(subject) | plain | {"subject": subject, "value": value} | more)


def test_figures_that_compare_stand_together_with_bars_of_one_scale() -> None:
    rates = [figure("lamb", 2.0, previous_value=8.0, imposed_by="CL"), figure("wine", 4.0)]
    alone = figure("trade", 2e9, measure="trade_value", unit="USD")
    groups = figure_groups([rates[0], alone, rates[1]])
    assert [(group.label, [row.figure.subject for row in group.rows]) for group in groups] == [
        ("Tariff rate · %", ["lamb", "wine"]),
        ("Others", ["trade"]),
    ]
    (lamb, wine), (trade,) = groups[0].rows, groups[1].rows
    assert [(row.value, row.bar, row.before) for row in (lamb, wine, trade)] == [
        ("8 → 2 %", 25.0, 100.0),
        ("4 %", 50.0, None),
        ("2,000,000,000 USD", None, None),
    ]
    assert figure_columns(groups) == [("Whose", "imposed_by")]


def test_what_grows_and_shrinks_has_no_bars() -> None:
    (group,) = figure_groups([figure("exports", -3.0), figure("imports", 4.0)])
    assert [row.bar for row in group.rows] == [None, None]


def test_the_weightiest_are_shown_in_their_order_and_one_alone_is_not_folded_away() -> None:
    several = [due(f"2031-05-{day:02}", salience=day % 3 / 10) for day in range(1, 7)]
    few, rest = few_and_rest(several, 2)
    assert (few, rest) == ([several[1], several[4]], [several[0], several[2], several[3], several[5]])
    assert few_and_rest(several[:3], 2) == (several[:3], [])


def test_each_side_of_a_stake_has_what_it_asks_offers_and_refuses() -> None:
    first = replace(story.STAKE.positions[0], ask="lower fees", red_line="dairy")
    (stake,) = stake_sides([replace(story.STAKE, positions=[first, replace(first, party="NZ", offer=None)])])
    assert [(side.party, [demand.verb for demand in side.demands]) for side in stake.sides] == [
        ("Chile", ["asks", "offers", "will not give"]),
        ("New Zealand", ["asks", "will not give"]),
    ]


def test_open_conflicts_come_first_each_position_with_its_proofs() -> None:
    settled = replace(story.DISAGREEMENT, id="cfl_0000000000000001", resolution="3 per cent")
    found = disagreements(replace(story.WHOLE, conflicts=[settled, story.DISAGREEMENT]))
    assert [one.conflict.resolution for one in found] == [None, "3 per cent"]
    assert [(value, len(evidence)) for value, evidence in found[0].positions] == [
        ("2 per cent", 1),
        ("3 per cent", 1),
    ]


def test_sources_stand_by_origin_with_what_each_alone_tells() -> None:
    first, second = origins_of(story.WHOLE)
    assert [[source.publisher for source in one.sources] for one in (first, second)] == [
        ["Herald"],
        ["Mercurio"],
    ]
    assert [entry.lead for entry in second.alone] == ["3 per cent"]
    assert (
        origins_of(replace(story.WHOLE, sources=[replace(s, origin_group="o") for s in story.WHOLE.sources]))[
            0
        ].alone
        == []
    )


def test_a_month_is_a_table_of_weeks_with_what_falls_due_on_its_days() -> None:
    (may, june) = months([due("2031-06-30"), due("2031-05-01"), due("2031-05"), due(None)], date(2031, 5, 2))
    assert (may.title, june.title) == ("May 2031", "June 2031")
    days = [day for week in may.weeks for day in week if day]
    assert [day.number for day in days] == list(range(1, 32))
    assert [day.number for day in days if day.due] == [1]
    assert [day.number for day in days if day.is_today] == [2]
    assert {len(week) for week in may.weeks} == {7}


def test_changed_words_are_told_apart() -> None:
    assert [
        (run.change, run.text) for run in changed_words("a duty of 5 per cent", "a duty of 15 per cent")
    ] == [
        ("", "a duty of "),
        ("gone", "5"),
        ("added", "15"),
        ("", " per cent"),
    ]


def test_two_revisions_are_compared_line_by_line() -> None:
    later = replace(
        story.WHOLE,
        deadlines=[replace(story.DEADLINE, what="The offer ends")],
        events=[],
        conflicts=[],
        title="Talks in Wellington",
    )
    told = [(line.change, line.kind) for line in compared_pages(story.WHOLE, later)]
    assert told == [
        ("changed", "title"),
        ("changed", "deadline"),
        ("gone", "event"),
        ("gone", "conflict"),
    ]
    assert compared_pages(story.WHOLE, story.WHOLE) == []


def proof(start: int, end: int) -> Evidence:
    return replace(story.DEADLINE.evidence[0], start=start, end=end, exact="x" * (end - start))


def test_a_text_is_cut_where_proofs_parts_and_pages_begin_and_end() -> None:
    long, short = (
        replace(due(f"2031-05-0{n}"), evidence=[proof(*span)]) for n, span in ((1, (2, 8)), (2, (4, 6)))
    )
    margin = margin_of(
        replace(
            story.READOUT,
            deadlines=[short, long],
            delegations=[],
            stakes=[],
            figures=[],
            statements=[],
            events=[],
        )
    )
    layout = Layout([Block(0, 9, "body"), Block(9, 10, "boilerplate")], [PageStart(0, 1), PageStart(9, 2)])
    cut = list(runs("0123456789", margin, layout))
    assert [(run.text, [fact.number for fact in run.facts], run.anchor) for run in cut] == [
        ("01", [], False),
        ("23", [1], True),
        ("45", [2, 1], True),
        ("67", [1], False),
        ("8", [], False),
        ("9", [], False),
    ]
    assert [(run.page, run.dim) for run in (cut[0], cut[-1])] == [(1, False), (2, True)]
    assert "".join(run.text for run in cut) == "0123456789"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("talks", None),
        ("Šefčovič’s talks", None),
        ("переговоры", "Cyrl"),
        ("ينتهي الاتفاق", "Arab"),
        ("协定到期", "Hani"),
        ("協定は切れる", "Jpan"),
        ("협정 만료", "Kore"),
        ("👩‍👩‍👧", None),
    ],
)
def test_the_script_of_words(text: str, script: str | None) -> None:
    assert script_of(text) == script


def test_words_of_other_scripts_carry_their_script_and_direction() -> None:
    assert language_attributes("ينتهي الاتفاق") == ' lang="und-Arab" dir="rtl"'
    assert language_attributes("переговоры") == ' lang="und-Cyrl" dir="ltr"'
    assert (language_attributes("talks"), language_attributes(None), language_attributes("talks", "en")) == (
        "",
        "",
        "",
    )
    assert language_attributes("les pourparlers", "fr") == ' lang="fr" dir="ltr"'
    assert language_attributes("ينتهي الاتفاق", "ar") == ' lang="ar" dir="rtl"'
    quoted = replace(story.STATEMENT, text="سنوقع")
    assert 'class="body" lang="und-Arab" dir="rtl">' in html(replace(BRIEFING, statements=[quoted]))


def test_signs_that_turn_the_direction_are_named() -> None:
    assert unturned("a\u202eb\u2066c\u200f") == "a[RLO]b[LRI]c\u200f"
    assert "[RLO]" in html(replace(BRIEFING, title="\u202etalks"))
    assert "\u202e" not in html(replace(BRIEFING, title="\u202etalks"))


def test_a_date_that_nothing_fixes_is_on_no_line_and_not_far_off() -> None:
    assert how_far(unresolved("soon"), TODAY) == "" == how_far(None, TODAY)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("1 April 2031: the levy takes effect.", "The levy takes effect."),
        ("1 April 2031, the levy takes effect.", "The levy takes effect."),
        ("1 April 2031 is the day.", "1 April 2031 is the day."),
        ("1 April 2031", "1 April 2031"),
        ("The levy takes effect on 1 April 2031.", "The levy takes effect on 1 April 2031."),
    ],
)
def test_a_date_that_the_words_begin_with_stands_once(what: str, told: str) -> None:
    entry = entry_of(deadline(what, "2031-04-01"))
    assert (entry.lead, entry.body) == ("1 April 2031", told)
