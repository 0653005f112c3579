"""What is of a round: its own figures and stakes, not those of other rounds nor what a page tells beside its talks."""

from collections.abc import Callable

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part

PartOf = Callable[..., Part]

THIRD = (
    "Ghana and Malaysia held the third round of their trade talks in Kumasi on 22 February 2035.\n\n"
    "Ghana offered 12% on palm oil. Malaysia had offered 4% on cocoa butter in the second round.\n\n{beside}\n"
)


def values(part_of: PartOf, beside: str) -> list[float]:
    (briefing,) = merge([part_of(THIRD.format(beside=beside), published="2035-02-23")])
    return sorted(figure.value for figure in briefing.figures)


def test_figures_of_another_round_are_of_that_round(part_of: PartOf) -> None:
    assert values(part_of, "") == [12]


def test_figures_that_name_no_side_and_no_trade_stand_beside_the_talks(part_of: PartOf) -> None:
    assert values(part_of, "Hoteliers put their loss at 11 million cedis this week.") == [12]
    assert values(part_of, "Kenya levies 25% on palm olein.") == [12]


def test_figures_of_a_side_or_of_trade_are_of_the_talks_wherever_they_stand(part_of: PartOf) -> None:
    assert values(part_of, "Ghana sold cocoa for $780 million in 2033.") == [12, 780_000_000]
    assert values(part_of, "Trade reached $780 million in 2033.") == [12, 780_000_000]


def test_what_two_documents_tell_is_of_the_talks(part_of: PartOf) -> None:
    told = "Hoteliers put their loss at 11 million cedis this week."
    parts = [
        part_of(THIRD.format(beside=told + more), published="2035-02-23") for more in ("", " It rained.")
    ]
    (briefing,) = merge(parts)
    assert 11_000_000 in {figure.value for figure in briefing.figures}


def test_costs_of_others_and_what_is_told_to_the_reader_are_beside_the_talks(part_of: PartOf) -> None:
    assert values(
        part_of, "A guild said its members had rented silos in Ghana at a cost of $11 million."
    ) == [12]
    assert values(part_of, "If one is passed on to your firm, answer it within five days.") == [12]


def test_a_clause_that_names_others_alone_is_about_them(part_of: PartOf) -> None:
    beside = "Ghana asks for 15%, unless somebody remembers the 8.5% that China was given in 2001."
    assert values(part_of, beside) == [12, 15]


SECOND = (
    "Ghana and Malaysia ended the second round of their trade talks in Kuala Lumpur on 4 December 2034.\n\n"
    "Malaysia offered 4% on cocoa butter.\n"
)


def test_a_document_tells_of_another_round_by_its_number(part_of: PartOf) -> None:
    third = THIRD.format(beside="Ghana offered 15% on palm oil in the second round and 12% in the third.")
    told = merge([part_of(SECOND, published="2034-12-05"), part_of(third, published="2035-02-23")])
    second, last = sorted(told, key=lambda briefing: str(briefing.negotiation.round))
    assert (second.negotiation.round, last.negotiation.round) == ("second round", "third round")
    assert {figure.value for figure in second.figures} == {4, 15}
    assert {figure.value for figure in last.figures} == {12}


def test_what_stands_before_another_clause_is_not_of_the_round_that_the_clause_names(part_of: PartOf) -> None:
    third = THIRD.format(beside="Ghana offered 9% on tin, down from the 11% that it offered in Kuala Lumpur.")
    told = merge([part_of(SECOND, published="2034-12-05"), part_of(third, published="2035-02-23")])
    second, last = sorted(told, key=lambda briefing: str(briefing.negotiation.round))
    assert {figure.value for figure in last.figures} == {9, 12}
    assert {figure.value for figure in second.figures} == {4, 11}


def test_who_is_announced_for_a_later_meeting_has_no_seat_at_this_one(part_of: PartOf) -> None:
    text = (
        SECOND + "\nMinister Aisyah Rahman of Malaysia will lead the Malaysian delegation in Penang in May.\n"
    )
    (briefing,) = merge([part_of(text, published="2034-12-06")])
    assert briefing.delegations == []
