"""What changed, in sentences: of revisions and of rounds."""

from pipeline.briefings.merge import merge
from pipeline.writing.changes import changes_as_text
from pipeline.writing.checks import Checker
from tests.pipeline.writing.talks import NOW, OSLO, SANTIAGO, briefing, part

LATER = """\
Norway asks for more in Oslo

OSLO, 4 March 2031 - Trade talks between Norway and Chile went on in Oslo on Tuesday. Chile wants a quota of 500 \
tonnes for its blueberries.
"""


def test_a_new_revision_is_told_by_what_it_brings():
    first = briefing()
    [second] = merge([part(OSLO), part(LATER)], [first], now=NOW)
    told = changes_as_text(first, second)
    assert ("Chile wants a quota of 500 tonnes for its blueberries.", "added") in [
        (o.text, o.change) for o in told
    ]
    checker = Checker(second, first)
    assert all(checker.faults(one.text, one.fact_ids) == [] for one in told)


def test_nothing_changed_nothing_told():
    first = briefing()
    assert changes_as_text(first, first) == []


def test_what_went_is_told_as_gone():
    first = briefing()
    [second] = merge([part(OSLO), part(LATER)], [first], now=NOW)
    gone = [one for one in changes_as_text(second, first) if one.change == "gone"]
    assert any("blueberries" in one.text for one in gone)


def test_rounds_are_compared():
    old, new = sorted(merge([part(OSLO), part(SANTIAGO)], now=NOW), key=lambda one: one.title)
    told = changes_as_text(old, new)
    assert all(one.fact_ids for one in told)
    assert any("30 September 2031" in one.text for one in told)
