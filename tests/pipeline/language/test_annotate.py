"""A document is annotated once, and everything that is annotated knows its place in the document."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from pipeline.language import annotate as module
from pipeline.language import parser
from pipeline.language.annotate import Annotated, annotate
from pipeline.language.parser import LONGEST

STRIKE = (
    "Dockers stay out\n\n"
    "OSLO, 4 May 2031 (Fjord Wire) — Dockers in **Bergen** stayed out on Monday for a twelfth day, said Labour Minister Kari "
    "Lund of Norway. About 4,200 of them want 8\xa0per cent more.\n\n"
    "- “We can wait,” Lund said. The port lost $1.5 million a day.\n"
)


def words(annotated: Annotated, start: int, end: int) -> str:
    return annotated.quote(start, end)[0]


@pytest.fixture(scope="module")
def strike() -> Annotated:
    return annotate(read(STRIKE.encode(), published="2031-05-06"))


def test_a_text_that_is_no_trade_talks_is_read_like_any_other(strike):
    assert [words(strike, q.start, q.end) for q in strike.quantities] == [
        "About 4,200",
        "8\xa0per cent",
        "$1.5 million a day",
    ]
    assert [(words(strike, d.start, d.end), d.date.edtf) for d in strike.dates] == [
        ("4 May 2031", "2031-05-04"),
        ("Monday", "2031-05-05"),
    ]
    assert [(p.name, p.office, p.party) for p in strike.people] == [("Kari Lund", "Labour Minister", "NO")]
    assert [words(strike, m.start, m.end) for m in strike.parties] == ["Norway"]
    (quotation,) = strike.quotations
    assert words(strike, quotation.start, quotation.end) == "We can wait,"
    assert quotation.speaker and quotation.speaker.name == "Kari Lund"
    assert quotation.named and words(strike, quotation.named.start, quotation.named.end) == "Lund"


def test_a_sentence_begins_behind_its_dateline_and_knows_its_tokens(strike):
    first = strike.body[0]
    assert first.text.startswith("Dockers in Bergen stayed out")
    assert first.tokens is not None and first.tokens.text == first.text
    assert first.tokens[0].idx + first.shift == first.start


def test_every_character_knows_its_place(strike):
    document = strike.document.text
    for at, character in enumerate(strike.text):
        if not character.isspace():
            assert document[strike.origin[at]] == character
    assert all(a <= b for a, b in pairwise(strike.origin))


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(STRIKE.split(" "))
        | st.text(alphabet="aN1 5%.,-–“”\"'’[]*_\\\n\u200b\u202e\u0301é½²中Жﬁß<>$€\u00ad", max_size=12),
        min_size=1,
        max_size=40,
    ).map(" ".join)
)
def test_offsets_are_exact_whatever_the_text_is(text: str) -> None:
    annotated = annotate(read(f"Norway. {text}".encode()))
    found: tuple[Any, ...] = (
        *annotated.sentences, *annotated.parties, *annotated.people,
        *annotated.quantities, *annotated.dates, *annotated.quotations,
    )  # fmt: skip
    for one in found:
        assert 0 <= one.start < one.end <= len(annotated.text)
        place = annotated.source(one.start, one.end)
        assert annotated.document.text[place.start : place.end]
        assert annotated.text[annotated.read(place).start] == annotated.text[one.start]
    kinds: tuple[list[Any], ...] = (
        annotated.sentences,
        annotated.parties,
        annotated.quantities,
        annotated.dates,
    )
    for kind in kinds:
        assert all(a.end <= b.start for a, b in pairwise(kind))


def test_a_sign_between_two_numbers_belongs_to_one_of_them() -> None:
    read_ = annotate(read(b"Norway paid 1$ 2 of them.")).quantities
    assert all(a.end <= b.start for a, b in pairwise(read_))


def test_a_document_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters that each reader of the language layer sees, from the bytes to the proven facts, are those of the text."""
    seen: Counter[str] = Counter()

    def counted(name: str) -> None:
        reader = getattr(module, name)

        def count(text: str, *rest: object) -> object:
            seen[name] += len(text)
            return reader(text, *rest)

        monkeypatch.setattr(module, name, count)

    for name in ("mentions", "find_dates", "find_quantities"):
        counted(name)
    split = parser.split

    def count_split(text: str, start: int, end: int) -> object:
        seen["split"] += end - start
        return split(text, start, end)

    monkeypatch.setattr(parser, "split", count_split)
    document = read(
        b"Norway and Chile opened trade talks in Oslo on 3 March 2031. Norway wants a tariff of 5% on salmon by June. "
        b"Trade Minister Kari Lund led the Norwegian team. The truce ends on 9 May 2031 unless a deal is signed.\n\n"
        b'"We can wait," Lund said. Exports rose by 12 per cent to $3 billion in 2030.'
    )
    facts = readout(document)
    assert facts.figures and facts.deadlines and facts.delegations
    assert seen["split"] <= len(document.text)
    assert all(0 < seen[name] <= len(document.text) for name in ("mentions", "find_dates", "find_quantities"))


def test_a_sentence_without_an_end_is_cut_and_a_list_is_not_parsed_to_its_end() -> None:
    annotated = annotate(read(("Norway pays " + "12 per cent, " * 1_500).encode()))
    assert all(sentence.end - sentence.start <= LONGEST for sentence in annotated.sentences)
    parsed = [sentence for sentence in annotated.sentences if sentence.tokens is not None]
    assert 0 < len(parsed) < len(annotated.sentences)
    assert len(annotated.quantities) == 1_500


def test_an_overlong_word_is_one_token() -> None:
    annotated = annotate(read(f"Norway said {'x' * 1_500} and left on 3 May 2031. It was over.".encode()))
    tokens = [token for sentence in annotated.sentences for token in sentence.tokens or ()]
    assert max(len(token) for token in tokens) == 1_500
    assert [d.date.edtf for d in annotated.dates] == ["2031-05-03"]


def test_what_is_not_seen_does_not_part_a_word() -> None:
    annotated = annotate(read("Norway did n\u2060ot agree to 1\u200d5 per cent.".encode()))
    assert annotated.text == "Norway did not agree to 15 per cent."
    assert [words(annotated, q.start, q.end) for q in annotated.quantities] == ["1\u200d5 per cent"]


@pytest.mark.parametrize(
    ("head", "home"),
    [
        ("LIMA, 10 March (Andes Wire).- ", "PE"),
        ("Lima, March 10: ", "PE"),
        ("REPUBLIC OF CHILE\nMINISTRY OF ECONOMY\n\nTalks in Lima\n\n", "CL"),
        ("PARLIAMENT OF THE REPUBLIC OF MOLDOVA\n\nHour of questions\n\n", "MD"),
        ("Chile Cherry Growers’ Letter\n\n", None),
        ("On Monday, 3 March: ", None),
    ],
)
def test_a_text_is_at_home_where_its_dateline_or_the_state_that_heads_it_is(
    head: str, home: str | None
) -> None:
    text = f"{head}The minister said that duties on copper and on fruit would be talked about again in the autumn.\n"
    assert annotate(read(text.encode())).home == home


def test_a_text_is_at_home_with_the_organ_of_state_that_published_it() -> None:
    text = '---\npublisher: "Ministry of Supply and Trade, Jordan"\n---\n\nThe minister signed a protocol on potash.\n'
    assert annotate(read(text.encode())).home == "JO"


CURRENCIES = [
    ("Sri Lanka and Britain traded goods worth 467 billion rupees, or Rs. 205 billion.", ["LKR", "LKR"]),
    (
        "India and Sri Lanka agreed on 40 rupees, 5 Sri Lankan rupees and 3 Indian rupees.",
        ["INR", "LKR", "INR"],
    ),
    ("Nepal and Sri Lanka agreed on 40 rupees.", ["XXX"]),
    ("COLOMBO — India and Sri Lanka agreed on Rs 40 a kilo.", ["LKR/kg"]),
    ("India and Japan agreed in Mauritius on Rs 40 a kilo.", ["INR/kg"]),
    (
        "India asked. Sri Lanka set a fee of 40 rupees. Sri Lanka’s minister said that Sri Lanka will wait.",
        ["LKR"],
    ),
    ("Ghana and Côte d’Ivoire set the fee at 45,000 francs.", ["XOF"]),
    ("Peru and Japan were paid 45,000 francs.", ["CHF"]),
    ("Mexico and Canada put 20 million pesos and 30 million dollars into it.", ["MXN", "USD"]),
    ("Chile and Argentina charge 200 pesos a tonne.", ["XXX/t"]),
    ("Morocco and Kenya pay 30 million dirhams a year.", ["MAD/a"]),
]


@pytest.mark.parametrize(("text", "units"), CURRENCIES, ids=[text[:50] for text, _ in CURRENCIES])
def test_a_noun_of_many_currencies_is_that_of_the_parties_which_a_text_names(text, units):
    assert [quantity.unit for quantity in annotate(read(text.encode())).quantities] == units
