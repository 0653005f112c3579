"""A kind of fact that says nothing of its equality: two are one where all that both say agrees."""

from msgspec.structs import replace

from pipeline.briefings.deduplicate import EQUALITY, equality_of
from schemas import Event, fuzzy_date
from schemas.kinds import KINDS
from tests.store.invented import fact

OPENING = Event(
    **fact("Opening"), what="Opening", date=fuzzy_date("2031-03", "March"), status="scheduled", place=None
)
PLAIN = equality_of("a kind without a row")


def test_every_row_is_of_a_kind() -> None:
    assert EQUALITY.keys() <= {kind.name for kind in KINDS}


def test_what_only_one_says_is_no_difference() -> None:
    exact = replace(OPENING, date=fuzzy_date("2031-03-03", "3 March"), place="Oslo")
    assert PLAIN.same(OPENING, exact) and PLAIN.same(exact, OPENING)


def test_another_day_or_another_word_is_another_fact() -> None:
    assert not PLAIN.same(OPENING, replace(OPENING, date=fuzzy_date("2031-04-01", "1 April")))
    assert not PLAIN.same(OPENING, replace(OPENING, what="Signing"))
    assert not PLAIN.same(replace(OPENING, place="Oslo"), replace(OPENING, place="Bergen"))


def test_one_takes_from_the_other_what_it_leaves_open_and_the_finer_day() -> None:
    exact = replace(OPENING, date=fuzzy_date("2031-03-03", "3 March"), place="Oslo")
    assert PLAIN.fold(OPENING, exact) == replace(OPENING, date=exact.date, place="Oslo")
    assert PLAIN.fold(exact, OPENING) == exact


def test_on_the_same_sentence_it_is_the_one_that_was_there() -> None:
    assert PLAIN.lasts(OPENING, replace(OPENING, what="Signing"))
