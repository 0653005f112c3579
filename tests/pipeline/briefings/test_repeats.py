"""One thing that several documents tell is told once; two things that look alike stay two."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from schemas import Briefing

PartOf = Callable[..., Part]
PUBLISHED = "2031-03-05"  # a Wednesday


def briefing_of(part_of: PartOf, texts: Sequence[str], published: str = PUBLISHED, **known: str) -> Briefing:
    """The one briefing of some texts, which is the same in every order."""
    parts = [part_of(text, published=published, **known) for text in texts]
    found = [merge(order) for order in permutations(parts)]
    assert len({len(briefings) for briefings in found}) == len(found[0]) == 1
    return found[0][0]


ONE_EVENT = {
    "a deal reached, struck, announced": [
        "Chile and Norway reached a trade deal on Tuesday after talks in Oslo.",
        "Norway and Chile struck a last-minute trade deal in Oslo on Tuesday to avert a fight over fish.",
        "On 4 March 2031 the trade ministers of Norway and Chile announced a trade agreement in Oslo.",
    ],
    "signed, sealed": [
        "Peru and Japan signed a trade agreement in Lima on Monday, after three years of talks.",
        "The prime ministers of Japan and Peru sealed a trade agreement in Lima on Monday that will cut duties on fruit.",
    ],
    "opened, resumed, met": [
        "Kenya and India opened trade talks in Nairobi on Tuesday.",
        "Kenya and India resumed trade talks on Tuesday in Nairobi, hoping to settle a quarrel over tea.",
        "Trade ministers of India and Kenya met in Nairobi on Tuesday for trade talks about tea.",
    ],
    "ended, wrapped up": [
        "Trade talks between Turkey and Ghana ended in Ankara on Tuesday without a deal on cocoa.",
        "Turkey and Ghana wrapped up two days of trade talks in Ankara on Tuesday.",
    ],
}


@pytest.mark.parametrize("texts", ONE_EVENT.values(), ids=list(ONE_EVENT))
def test_an_event_is_known_by_its_day_and_by_what_is_done(part_of: PartOf, texts: list[str]) -> None:
    found = [event for event in briefing_of(part_of, texts).events if event.status == "occurred"]
    assert len(found) == 1
    assert len(found[0].evidence) == len(texts)


def test_a_meeting_is_one_event_by_whichever_of_its_days_it_is_told(part_of: PartOf) -> None:
    texts = [
        "Turkey and Ghana held two days of trade talks in Ankara on 10 and 11 March 2031.",
        "Turkey and Ghana wrapped up their trade talks in Ankara on 11 March 2031.",
        "Turkey and Ghana opened trade talks in Ankara on 10 March 2031. They signed a pact on 11 March 2031.",
    ]
    events = briefing_of(part_of, texts, "2031-03-12").events
    met, signed = sorted(events, key=lambda event: "signed" in event.what)
    assert (met.date.edtf, len(met.evidence)) == ("2031-03-10/2031-03-11", 3)
    assert (signed.date.edtf, len(signed.evidence)) == ("2031-03-11", 1)


def test_a_deadline_is_known_by_its_day_and_by_what_falls_due_whatever_it_is_called(part_of: PartOf) -> None:
    texts = [
        "Norway and Chile met for trade talks in Oslo on Tuesday. Their tariff truce is set to expire on 12 May.",
        "Norway and Chile held trade talks in Oslo on Tuesday. Chile plans a higher duty on salmon that takes effect "
        "on 12 May if the tariff truce is not extended.",
    ]
    (due,) = briefing_of(part_of, texts).deadlines
    assert due.date and (due.date.edtf, len(due.evidence)) == ("2031-05-12", 2)


def test_two_things_that_fall_due_on_one_day_are_two_deadlines(part_of: PartOf) -> None:
    texts = [
        "Norway and Chile met for trade talks in Oslo on Tuesday. Their tariff truce is set to expire on 12 May.",
        "Norway and Chile held trade talks in Oslo on Tuesday. The agreement is to be signed in Santiago on 12 May.",
    ]
    assert len(briefing_of(part_of, texts).deadlines) == 2


FIGURES = {
    "a pledge, in whatever words": (
        [
            "Peru and Japan reached a trade deal in Lima on Tuesday. Japan will invest $40 billion in Peru, the ministry said.",
            "Peru and Japan reached a trade deal in Lima on Tuesday. Japan pledged $40 billion in investments.",
        ],
        [40e9],
    ),
    "one rate for all goods and for one good": (
        [
            "Norway and Kenya reached a trade deal in Oslo on Tuesday. Norway will charge a duty of 15% on all Kenyan imports.",
            "Norway and Kenya concluded trade talks in Oslo on Tuesday. Kenya lowers its tariff on cars to 15%.",
        ],
        [15.0, 15.0],
    ),
    "two goods": (
        [
            "Norway and Kenya reached a trade deal in Oslo on Tuesday. Norway lowers its tariff on roses to 5%.",
            "Norway and Kenya concluded trade talks in Oslo on Tuesday. Kenya lowers its tariff on salmon to 5%.",
        ],
        [5.0, 5.0],
    ),
    "told twice by one document": (
        [
            "Norway and Kenya reached a trade deal in Oslo on Tuesday. Under the deal Norway will impose a 15% tariff on "
            "Kenyan roses. The 15% tariff on roses is less than Nairobi had feared.",
        ],
        [15.0],
    ),
}


@pytest.mark.parametrize(("texts", "values"), FIGURES.values(), ids=list(FIGURES))
def test_a_figure_is_known_by_its_value_and_by_what_it_falls_on(
    part_of: PartOf, texts: list[str], values: list[float]
) -> None:
    assert sorted(figure.value for figure in briefing_of(part_of, texts).figures) == values


def test_a_period_is_not_borrowed_where_documents_disagree_on_it(part_of: PartOf) -> None:
    texts = [
        f"Peru and Japan held trade talks in Lima on Tuesday. Trade between Peru and Japan was worth $5 billion{when}."
        for when in ("", " in 2029", " in 2030")
    ]
    assert {figure.period and figure.period.edtf for figure in briefing_of(part_of, texts).figures} == {
        "2029",
        "2030",
    }


VOTES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "who is talked about is no side": (
        [
            "Norway and Kenya held trade talks in Oslo on Tuesday.",
            "Norway and Kenya held trade talks in Oslo on Tuesday. Kenya also wants trade talks with Brazil, which "
            "Norway and Brazil opened last year.",
            "Norway and Kenya held trade talks in Oslo on Tuesday, about roses.",
        ],
        {"parties": ["KE", "NO"]},
    ),
    "three sides are three where most name them": (
        [
            "Norway, Kenya and India held trade talks in Oslo on Tuesday.",
            "Norway, Kenya and India held trade talks in Oslo on Tuesday, about tea.",
            "Norway and Kenya held trade talks with India in Oslo on Tuesday.",
        ],
        {"parties": ["IN", "KE", "NO"]},
    ),
    "one that has them signed is not believed against two": (
        [
            "Trade talks between Norway and Kenya in Oslo ended on Tuesday without a deal.",
            "Norway’s prime minister watched the signing of a truce between Chad and Sudan before trade talks with Kenya "
            "in Oslo. Trade talks between Norway and Kenya concluded there on Tuesday without a result.",
            "Norway and Kenya ended two days of trade talks in Oslo on Tuesday.",
        ],
        {"parties": ["KE", "NO"], "status": "concluded"},
    ),
}


@pytest.mark.parametrize(("texts", "expected"), VOTES.values(), ids=list(VOTES))
def test_what_most_documents_say_of_the_talks(
    part_of: PartOf, texts: list[str], expected: dict[str, Any]
) -> None:
    talks = briefing_of(part_of, texts).negotiation
    found = {name: getattr(talks, name) for name in expected}
    assert found | {"parties": sorted(talks.parties)} == expected


def test_a_later_document_tells_how_far_they_have_come(part_of: PartOf) -> None:
    before = part_of(
        "Norway and Kenya are to open trade talks in Oslo on 4 March 2031.", published="2031-03-01"
    )
    after = part_of(
        "Norway and Kenya ended two days of trade talks in Oslo on Tuesday.", published="2031-03-05"
    )
    for order in permutations([before, after]):
        (briefing,) = merge(order)
        assert briefing.negotiation.status == "concluded"


def test_what_is_to_come_is_told_once_as_a_deadline(part_of: PartOf) -> None:
    texts = [
        "Norway and Chile held trade talks in Oslo on Tuesday. The next round opens in Santiago on 12 May 2031."
    ]
    briefing = briefing_of(part_of, texts)
    assert [due.date.edtf for due in briefing.deadlines if due.date] == ["2031-05-12"]
    assert [event.date.edtf for event in briefing.events] == ["2031-03-04"]


def test_a_plan_is_told_as_what_came_of_it(part_of: PartOf) -> None:
    plan = part_of("Norway and Chile will hold trade talks in Oslo on 4 March 2031.", published="2031-03-01")
    held = part_of("Norway and Chile held trade talks in Oslo on Tuesday.", published=PUBLISHED)
    (briefing,) = merge([plan, held])
    assert [event.status for event in briefing.events] == ["occurred"]
    (alone,) = merge([plan])
    assert not alone.events  # a deadline tells it


def test_two_names_of_a_good_are_one_and_two_goods_are_two(part_of: PartOf) -> None:
    talks = "Norway and Chile held trade talks in Oslo on Tuesday. "
    bars = ["Chile lifts its 9% duty on rebar.", "Chile lifts its 9% duty on steel reinforcing bars."]
    goods = ["Chile lifts its 9% duty on walnuts.", "Chile lifts its 9% duty on salmon."]
    assert len(briefing_of(part_of, [talks + each for each in bars]).figures) == 1
    assert len(briefing_of(part_of, [talks + each for each in goods]).figures) == 2
