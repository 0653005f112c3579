"""Sentences, quotations and names of parties in other languages, counted in code points."""

import pytest

from pipeline.language.foreign.names import mentions_in, party_named
from pipeline.language.foreign.sentences import quoted_in, split_foreign
from pipeline.language.matching import first

TEXTS = {
    "fr": "M. Dupont a dit : « Nous signerons. » Puis il est parti. Que veut la Suisse ? « Rien », dit-il.",
    "de": "Am 12. August traf z. B. der Minister ein. „Wir unterzeichnen“, sagte er.",
    "es": "EE. UU. y China negocian. ¿Qué piden? «Nada», dijo.",
    "zh": "他说：“不接受。”双方同意再次会晤。“我们愿意考虑。”她说。",
    "ja": "日本は「署名する」と述べた。次回は９月。",
}
SENTENCES = {"fr": 4, "de": 2, "es": 3, "zh": 4, "ja": 2}
QUOTED = {
    "fr": ["Nous signerons.", "Rien"], "de": ["Wir unterzeichnen"], "es": ["Nada"],
    "zh": ["不接受。", "我们愿意考虑。"], "ja": ["署名する"],
}  # fmt: skip


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_sentences_end_where_they_end(language: str, text: str) -> None:
    spans = list(split_foreign(text, 0, len(text), language))
    assert len(spans) == SENTENCES[language], [text[span.start : span.end] for span in spans]
    assert "".join("".join(text[span.start : span.end] for span in spans).split()) == "".join(text.split())


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_what_stands_between_marks_is_quoted(language: str, text: str) -> None:
    assert [text[span.start : span.end] for span in quoted_in(text, 0, len(text))] == QUOTED[language]


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("fr", "La Chine et le ministre suisse", ["CN", "CH"]),
        ("de", "die Volksrepublik China und die norwegische Regierung", ["CN", "NO"]),
        ("es", "Corea del Sur y EE. UU.", ["KR", "US"]),
        ("pt", "a União Europeia e a Austrália", ["EU", "AU"]),
        ("zh", "印度尼西亚与欧盟，中方", ["ID", "EU", "CN"]),
        ("ja", "日本側とインドネシア", ["JP", "ID"]),
    ],
)
def test_parties_are_known_by_their_names(language: str, text: str, codes: list[str]) -> None:
    assert [mention.code for mention in mentions_in(text, language)] == codes


def test_a_party_may_be_named_in_english_too() -> None:
    assert party_named("China", "fr") == party_named("la Chine", "fr") == "CN"


def test_a_name_is_found_where_no_blanks_part_words() -> None:
    place = first("中国商务部长王文涛表示", "王文涛")
    assert place is not None
    assert (place.start, place.end) == (6, 9)
    assert first("tax of 145", "14") is None
