"""What a text tells beside its talks: the talks of others, bystanders, markets."""

import pytest

from pipeline.documents.read import read
from pipeline.extraction.asides import asides, of_others
from pipeline.language.annotate import annotate

SIDES = frozenset({"PE", "JP"})


def annotated(text: str):
    return annotate(read(text.encode(), published="2031-03-06"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Peru and Japan ended trade talks. Peru’s talks with Chile on grapes open in May.", [1]),
        ("Peru and Japan ended trade talks. Chile and Bolivia signed a pact. It covers tin.", [1, 2]),
        ("Peru and Japan ended trade talks. Chile and Bolivia signed a pact. Japan and Peru noted it.", [1]),
        ("Peru and Japan ended trade talks. Peru sells more grapes than Chile.", []),
        ("Peru and Japan ended trade talks. Peru’s accord with the WTO stands.", []),
    ],
)
def test_a_passage_on_others_is_told_from_one_on_the_sides(text, told):
    assert of_others(annotated(text), SIDES) == set(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Peru and Japan met. The minister then left for La Paz, to discuss a price of tin with Bolivia.",
            [1],
        ),
        (
            "Peru and Japan met.\n\nChile watched from afar. Its president asked for a transit fee of $14.",
            [1, 2],
        ),
        ("Peru and Japan met.\n\nChile watched from afar. Peru’s president asked for a fee of $14.", []),
        (
            "Is this part of the trade talks with Chile?\n\nNo. Those are on copper, which pays 5%.\n\nPeru met Japan.",
            [0, 1, 2],
        ),
    ],
)
def test_a_paragraph_that_names_others_alone_is_about_them(text, told):
    assert of_others(annotated(text), SIDES) == set(told)


@pytest.mark.parametrize(
    "aside",
    [
        "Shares of the tyre maker Lima Radial rose 6.2% in early trade.",
        "The Lima Stock Exchange index added 0.6%.",
        "Copper stocks at Japanese mills fell 3.1 per cent in May, the board said.",
        "Prices at the farm gate: grapes 118 soles a box, cattle 246 soles a head.",
    ],
)
def test_how_markets_went_is_beside_the_talks(aside):
    assert asides(annotated(f"Peru and Japan met in Lima. {aside}"), SIDES) == {1}


def test_what_markets_made_of_a_deal_is_about_the_deal():
    text = "Peru and Japan met in Lima. Shares of mines rose after Peru and Japan signed a trade pact."
    assert asides(annotated(text), SIDES) == set()
