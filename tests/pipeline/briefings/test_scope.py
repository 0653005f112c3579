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
