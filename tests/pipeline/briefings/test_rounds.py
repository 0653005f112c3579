"""Which documents are about one round: what speaks for it, what keeps them apart, and what an editor decides."""

import msgspec
import pytest

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import blocking_keys, fit, group

OSLO = """Chile and Norway open trade talks in Oslo

Chile and Norway opened trade talks in Oslo on 3 March 2031. Trade Minister Kari Moen leads the Norwegian delegation.

Norway wants lower tariffs on salmon.
"""
SAME = """Salmon tariffs on the table in Oslo

Trade talks between Chile and Norway continued in Oslo on 4 March 2031. Kari Moen, Norway's Trade Minister, heads its team.

Norway demands lower tariffs on salmon.
"""
VAGUE = "Chile and Norway are in trade talks. Chile is demanding better access for its fruit.\n"
NEXT = """Chile and Norway to meet in Santiago

Chile and Norway will resume trade talks in Santiago on 12 May 2031. In Oslo, both sides cut 40 tariffs to 2%.
"""


def names(rounds):
    return sorted(sorted(part.source.title or "-" for part in home.parts) for home in rounds)


def test_what_speaks_for_one_round(part_of):
    found = fit(part_of(SAME), [part_of(OSLO)])
    assert found.reasons == (
        "same parties",
        "same venue: Oslo",
        "1 day apart",
        "a delegate in common",
        "topics in common: tariffs",
    )
    assert found.score == 1.0


def test_a_document_that_says_little_fits_less_and_still_joins(part_of):
    assert fit(part_of(VAGUE), [part_of(OSLO)]).score < 0.5
    assert len(group([part_of(VAGUE), part_of(OSLO)])) == 1


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("in Oslo on 3 March 2031", "in Bergen on 10 March 2031"),
        ("on 3 March 2031", "on 20 March 2031"),
        ("Chile and Norway", "Peru and Norway"),
    ],
    ids=["another venue", "another week", "other parties"],
)
def test_what_keeps_documents_apart(part_of, said, instead):
    other = OSLO.replace(said, instead).replace("trade talks in Oslo\n", "trade talks\n")
    assert len(group([part_of(OSLO), part_of(other)])) == 2


def test_two_names_of_a_place_are_one_meeting_of_the_same_sides_on_the_same_day(part_of):
    castle = OSLO.replace("in Oslo", "at Akershus")
    assert len(group([part_of(OSLO), part_of(castle)])) == 1


def test_the_place_of_the_next_meeting_keeps_nothing_apart(part_of):
    today = part_of(OSLO, published="2031-03-04")
    undated = part_of(
        "Norwegian and Chilean officials agreed on a trade deal framework to lower fish duties. The deal awaits approval "
        "from the two presidents at their meeting in Geneva. Trade Minister Kari Moen said talks in Oslo removed the "
        "threat of a 40% duty. Chile and Norway call it a first step.\n"
    )
    assert undated.talks.venue == "Oslo"
    assert len(group([today, undated])) == 1


def test_the_number_of_a_round_keeps_documents_apart(part_of):
    third = part_of(OSLO.replace("opened trade talks", "opened the third round of trade talks"))
    fourth = part_of(SAME.replace("Trade talks between", "The fourth round of trade talks between"))
    assert {third.talks.round, fourth.talks.round} == {"third round", "fourth round"}
    assert len(group([third, fourth])) == 2


def test_an_editors_word_goes_before_the_rules(part_of):
    here, there = part_of(OSLO), part_of(SAME)
    apart = group([here, there], {here.id: "brf_a", there.id: "brf_b"})
    together = group([here, part_of(NEXT)], {here.id: "brf_a", part_of(NEXT).id: "brf_a"})
    assert sorted((home.assigned, len(home.parts)) for home in apart) == [("brf_a", 1), ("brf_b", 1)]
    assert [(home.assigned, len(home.parts)) for home in together] == [("brf_a", 2)]


def test_a_document_tells_of_the_round_before_and_both_name_each_other(part_of):
    oslo, santiago = sorted(
        merge([part_of(OSLO), part_of(NEXT)]), key=lambda briefing: str(briefing.negotiation.venue)
    )
    assert (oslo.negotiation.next_round, santiago.negotiation.prior_round) == (santiago.id, oslo.id)
    assert {member.kind for member in oslo.memberships} == {"own", "mention"}
    assert [member.kind for member in santiago.memberships] == ["own"]
    assert "2%" in {figure.as_written for figure in oslo.figures}


def test_links_to_rounds_that_are_not_at_hand_stay(part_of):
    parts = [part_of(OSLO), part_of(NEXT)]
    oslo, santiago = sorted(merge(parts), key=lambda briefing: str(briefing.negotiation.venue))
    [again] = merge([parts[1]], [santiago], stored={oslo.id: oslo}.get)
    assert again == santiago
    [alone] = merge([parts[0]], [oslo, santiago])
    assert alone.negotiation.next_round is None


@pytest.mark.parametrize("texts", [(OSLO, SAME), (OSLO, VAGUE), (VAGUE, SAME), (VAGUE, VAGUE + "Soon.\n")])
def test_documents_of_one_round_look_for_each_other_under_a_key(part_of, texts):
    left, right = (blocking_keys(part_of(text)) for text in texts)
    assert left.index & right.search
    assert right.index & left.search


def test_documents_of_other_parties_or_another_year_share_no_key(part_of):
    oslo = blocking_keys(part_of(OSLO))
    others = [OSLO.replace("Chile", "Peru"), OSLO.replace("2031", "2033")]
    assert [oslo.search & blocking_keys(part_of(text)).index for text in others] == [frozenset(), frozenset()]


def test_a_new_round_takes_no_id_that_another_one_has(part_of):
    [first] = merge([part_of(OSLO)])
    [second] = merge([part_of(OSLO)], stored=lambda id: first if id == first.id else None)
    assert second.id != first.id
    withdrawn = msgspec.structs.replace(first, status="withdrawn", revision=4)
    [back] = merge([part_of(OSLO)], stored=lambda id: withdrawn if id == first.id else None)
    assert (back.id, back.revision, back.status) == (first.id, 5, "published")
    assert [fact.id for fact in back.stakes] == [fact.id for fact in first.stakes]


PLANNED = "Chile and Norway will open trade talks in Bergen on 3 March 2031.\n"
PUT_OFF = (
    "The trade talks between Chile and Norway that were to open in Bergen on 3 March 2031 have been postponed. Both sides "
    "want lower tariffs on salmon.\n"
)
HELD = "Chile and Norway opened their trade talks in Oslo on 12 March 2031. Norway wants lower tariffs on salmon.\n"
BROKEN_OFF = (
    "Norway has broken off its trade talks with Chile on salmon tariffs, the foreign ministry said.\n"
)


def test_a_meeting_that_was_put_off_is_the_one_that_was_held(part_of):
    planned = part_of(PLANNED, published="2031-02-20")
    held = part_of(HELD, published="2031-03-13")
    assert len(group([planned, held])) == 2  # nothing tells that they are one
    put_off = part_of(PUT_OFF, published="2031-03-01")
    assert len(group([planned, put_off, held])) == 1
    (briefing,) = merge([planned, put_off, held])
    start = briefing.negotiation.start
    assert start and (briefing.negotiation.venue, start.edtf) == ("Oslo", "2031-03-12")


def test_who_breaks_talks_off_ends_those_that_were_held_last(part_of):
    held = part_of(HELD, published="2031-03-13")
    broken_off = part_of(BROKEN_OFF, published="2031-06-02")
    (home,) = group([held, broken_off])
    assert len(home.parts) == 2
    long_after = part_of(BROKEN_OFF, published="2032-06-02")
    assert len(group([held, long_after])) == 2


def test_talks_whose_last_day_is_known_are_concluded_though_nobody_says_so(part_of):
    text = (
        "The second round of trade talks between Norway and Chile was held in Oslo on 3 and 4 March 2031.\n"
    )
    [over] = merge([part_of(text, published="2031-03-06")])
    assert over.negotiation.end is not None
    assert (over.negotiation.status, over.negotiation.end.edtf) == ("concluded", "2031-03-04")
    [undated] = merge([part_of(text)])
    assert undated.negotiation.status == "unknown"
