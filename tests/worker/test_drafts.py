"""A draft is checked against what is stored: what it changed is flagged, and nothing else."""

import re
from datetime import date
from pathlib import Path

import pytest

from pipeline.documents.read import read
from schemas.drafts import DraftToVerify, VerifiedDraft
from store.sources import documents_in_scope
from tests.waiting import PATIENCE
from worker import NotChecked, checking
from worker.drafts import verified, verify_apart
from worker.jobs import Jobs, submit

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.txt"))
DAY = date(2025, 9, 26)
MARKED = """\
Canada and Indonesia signed their partnership agreement in Ottawa on 24 September. The negotiations, which began in
2021, were concluded in <altered>November 2024</altered>. More than 95 per cent of what Canada sells to Indonesia will
face lower tariffs or none. It is expected to enter into force in 2026. "The wheat was going there anyway. What changes
is that a small exporter now knows the rules," said Gordon Pell.

The EU and India opened the 13th round of their free trade talks in New Delhi on 8 September; it ran until 12 September.
The 14th round opens in Brussels on <altered>16 October</altered>. India charges a duty of <altered>115 per
cent</altered> on imported cars and 150 per cent on wine. Trade in goods was worth €120,000 million in 2024, with EU
exports of <altered>€44.8 billion</altered> and imports of €71.4 billion. The EU accounts for <altered>12.5 per
cent</altered> of India's trade in goods. Negotiators have closed 11 of <altered>24</altered> chapters. The talks were
relaunched in <altered>June 2021</altered>. The carbon border levy takes full effect on 1 January 2026. Shipments by the
members of the Forum fell by 5.8% in <altered>June</altered>.

'We cannot open our market with one hand and pay a carbon bill with the other', said Meera Raghunathan. Ines Falkner
said: "<altered>Nobody will sign away the wheat farmers, and everybody at the table knows it.</altered>" Ursula von der
Leyen has called it "the largest deal of this kind anywhere in the world".

Train staff get 6.5 per cent more, and <altered>€45</altered> for night shifts. <altered>About 4,300</altered> train
drivers and conductors are covered; the operator says that it costs €28 million a year. "<altered>Nobody got everything,
which is how you recognise a bargain</altered>," said Paula Imhof.
"""
_ALTERED = re.compile(r"<altered>(.*?)</altered>", re.DOTALL)
_PARAGRAPHS = re.sub(r"(?<=\S)\n(?=\S)", " ", MARKED)
DRAFT = DraftToVerify(text=_ALTERED.sub(r"\1", _PARAGRAPHS), day=DAY)
ALTERED = [words.rstrip(".") for words in _ALTERED.findall(_PARAGRAPHS)]


@pytest.fixture
def archive(jobs: Jobs) -> Jobs:
    """The samples, stored and not read yet."""
    for path in SAMPLES:
        submit(jobs, read(path.read_bytes(), file=path.name))
    return jobs


def flagged(checked: VerifiedDraft) -> list[str]:
    return [item.exact.rstrip(".,") for item in checked.items if item.status != "found"]


def test_of_thirty_quotations_amounts_and_dates_the_twelve_altered_are_flagged(archive: Jobs) -> None:
    checked = verified(archive.engine, DRAFT, DAY)
    assert sum(item.kind != "name" for item in checked.items) == 30
    assert len(ALTERED) == 12
    assert flagged(checked) == ALTERED
    assert checked.flagged == 12
    assert checked.documents_searched == len(SAMPLES)


def test_a_flagged_item_has_what_the_source_says_and_what_differs(archive: Jobs) -> None:
    checked = verified(
        archive.engine, DraftToVerify(text="The 14th round opens on 16 October.", day=DAY), DAY
    )
    [item] = checked.items
    assert (item.kind, item.exact, item.reading, item.status) == (
        "date",
        "16 October",
        "2025-10-16",
        "not_found",
    )
    assert item.nearest is not None
    place = item.nearest.place
    assert place.exact == "6 October 2025"
    assert place.title == "Fact sheet: the EU–India free trade negotiations"
    assert [(one.draft, one.source) for one in item.nearest.differences] == [("16", "6"), ("", "2025")]


def test_only_the_documents_that_are_named_are_searched(archive: Jobs) -> None:
    rail = next(path for path in SAMPLES if path.stem.startswith("rail"))
    only = [read(rail.read_bytes()).id]
    draft = DraftToVerify(
        text="Wages rise by 6.5 per cent. India charges 150 per cent on wine.", document_ids=only
    )
    checked = verified(archive.engine, draft, DAY)
    assert checked.documents_searched == 1
    assert flagged(checked) == ["150 per cent"]


def test_of_more_documents_than_are_searched_some_are_left_out(archive: Jobs) -> None:
    scope = documents_in_scope(archive.engine, [], [], ["tariffs"], most=2)
    assert (len(scope.ids), scope.left_out) == (2, len(SAMPLES) - 2)


def test_the_service_checks_in_a_process_of_its_own(archive: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_LONGEST", PATIENCE)
    draft = DraftToVerify(text="India charges 150 per cent on wine, and 115 per cent on cars.", day=DAY)
    assert flagged(verify_apart(archive.database_url, draft, DAY)) == ["115 per cent"]


def test_a_check_that_takes_too_long_is_given_up(archive: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_LONGEST", 0)
    with pytest.raises(NotChecked, match="longer than a check may"):
        verify_apart(archive.database_url, DRAFT, DAY)
