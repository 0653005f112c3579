"""What of a draft is found in its sources, and what is shown where it is not."""

import pytest

from pipeline.documents.read import read
from pipeline.drafts.check import CheckedItem, check_items
from pipeline.drafts.sources import SourceTexts
from pipeline.language.annotate import annotate

SOURCE = """\
The European Union and India opened the 13th round of talks in New Delhi on Monday. Commerce Minister Piyush Goyal
leads the Indian side. Trade in goods was worth €1.5 billion in 2024, the ministry said; exports of tea fell by 4 per cent.

“We cannot open our market with one hand — and pay with the other,” said Meera Raghunathan.
"""


def checked(draft: str, source: str = SOURCE) -> list[CheckedItem]:
    read_source = annotate(read(source.replace("\nleads", " leads").encode(), published="2025-09-09"))
    written = annotate(read(draft.encode(), published="2025-09-12"))
    return check_items(written, SourceTexts([read_source.document], [read_source]))


@pytest.mark.parametrize(
    "draft",
    [
        "Trade in goods was worth 1,500 million euros.",
        "The round in New Delhi opened on 8 September 2025.",
        "The round in New Delhi opened in September 2025.",
        '"We cannot open our market with one hand - and pay with the other", said Meera Raghunathan.',
        '"We cannot open our market … and pay with the other," said Meera Raghunathan.',
        '"We cannot open [the] market with one hand," said Meera Raghunathan.',
        "Commerce Minister Piyush Goyal leads them.",
        "Piyush Goyal leads them.",
        "Goyal leads the Indian side.",
    ],
)
def test_what_means_the_same_is_found(draft: str) -> None:
    items = checked(draft)
    assert items
    assert {item.status for item in items} == {"found"}


@pytest.mark.parametrize(
    ("draft", "nearest", "differs"),
    [
        ("Trade in goods was worth €1.5 million.", "€1.5 billion", ("million", "billion")),
        ("Trade in goods was worth $1.5 billion.", "€1.5 billion", ("$", "€")),
        (
            "The round in New Delhi opened on Tuesday, 9 September.",
            "Monday",
            ("Tuesday, 9 September", "Monday"),
        ),
        (
            '"We cannot open our market with both hands and pay with the other," she said.',
            "We cannot open our market with one hand — and pay with the other",
            ("both hands", "one hand"),
        ),
        (
            "Energy Minister Piyush Goyal leads them.",
            "Commerce Minister Piyush Goyal",
            ("Energy", "Commerce"),
        ),
        ("Commerce Minister Pavan Goyal leads them.", "Commerce Minister Piyush Goyal", ("Pavan", "Piyush")),
    ],
)
def test_what_differs_is_flagged_with_what_comes_nearest(
    draft: str, nearest: str, differs: tuple[str, str]
) -> None:
    [item] = checked(draft)
    assert item.status == "not_found"
    assert item.nearest is not None
    assert item.nearest.place.exact == nearest
    assert [(one.draft, one.source) for one in item.nearest.differences] == [differs]


@pytest.mark.parametrize("draft", ["Piyush Sharma leads them.", "But Pavan Goyal led them."])
def test_half_of_a_known_name_is_not_the_name(draft: str) -> None:
    [item] = checked(draft)
    assert (item.kind, item.status) == ("name", "not_found")
    assert item.nearest is not None
    assert item.nearest.place.exact == "Commerce Minister Piyush Goyal"


def test_what_is_said_of_something_else_is_elsewhere() -> None:
    source = f"{SOURCE}\nWages of train drivers in the north rise by 6 per cent.\n"
    [item] = checked("Exports of tea fell by 6 per cent.", source)
    assert (item.status, [place.exact for place in item.places]) == ("elsewhere", ["6 per cent"])
    assert item.nearest is not None
    assert item.nearest.place.exact == "4 per cent"


def test_what_a_quotation_holds_is_a_part_of_it() -> None:
    [item] = checked('He said: "Trade was worth €9 billion in 2023, and nobody knows why."')
    assert item.kind == "quotation"
