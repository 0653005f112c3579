"""Documents in six languages, and what a strong model answers about them: read again in their own words, told in English.

The documents are ours, tests/documents/languages/NAME.txt. languages/NAME.json holds the day that one was published,
where it does not say so itself, the answer about its facts, and the English of each line that is asked for then.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from pipeline.briefings.merge import merge
from pipeline.briefings.rounds import Part
from pipeline.documents.document import Document, source_of
from pipeline.documents.language import unspaced
from pipeline.documents.read import read
from pipeline.extraction.model import Model
from pipeline.extraction.model.requests import proposals_of, read_answer
from pipeline.extraction.readout import Reading, Verified, readout
from pipeline.language.annotate import Numbered
from schemas import DocumentReadout, Fact, Negotiation, proofs_of
from schemas.kinds import KINDS, facts_of, facts_of_kind
from tests.pipeline.extraction.model.conftest import Ask
from tests.pipeline.extraction.model.provider import Call, Provider, Reply, says

DOCUMENTS = Path(__file__).parents[3] / "documents" / "languages"
ANSWERS = {path.stem: path for path in sorted((Path(__file__).parent / "languages").glob("*.json"))}
FIGURES: dict[str, list[tuple[float, str, float | None]]] = {
    "de-bericht": [(30, "%", 15), (120e6, "EUR", None), (18500, "t", None)],
    "de-pressemitteilung": [(9.5, "%", None), (3, "a", None), (4.3e9, "CHF", None), (6, "%", None)],
    "es-comunicado": [(10, "%", 24), (10, "a", None), (12.4e9, "USD", None), (8, "%", None)],
    "es-entrevista": [
        (50000, "t", None), (28, "GBP", None), (20000, "t", None), (40, "%", None), (610e6, "USD", None),
    ],
    "fr-actualite": [
        (3, "%", 8), (2500, "t", None), (20, "a", None), (8, "a", None), (12, "%", None), (96e6, "CHF", None),
    ],
    "fr-communique": [(17.5, "%", None), (30000, "t", None), (1.2e9, "USD", None)],
    "ja-happyo": [
        (4.3, "%", None), (2, "%", None), (5, "a", None), (6, "%", None), (3.2e12, "JPY", None), (5, "%", None),
    ],
    "ja-kiji": [(25, "%", None), (800000, "t", None), (3, "a", None), (300e9, "JPY", None)],
    "pt-nota": [(12, "%", 20), (4, "a", None), (350e6, "USD", None), (1.8e9, "USD", None), (15, "%", None)],
    "pt-noticia": [(40000, "t", None), (7.5, "%", None), (30000, "t", None), (10, "%", None), (38e9, "EUR", None)],
    "zh-gonggao": [(0, "%", 5), (15, "%", None), (30000, "t", None), (25e9, "USD", None), (4.5, "%", None)],
    "zh-xinwen": [
        (2, "%", 8), (2e9, "USD", None), (180000, "t", None), (6e9, "USD", None), (70, "%", None), (10, "%", None),
    ],
}  # fmt: skip
"""Values, units and what they were before, in the order of the answer."""


class Answers(Struct):
    published: str | None
    facts: dict[str, Any]
    english: dict[str, str]


class Told(Struct):
    """A document, the answers about it, and the readout that was made of these over HTTP."""

    name: str
    document: Document
    answers: Answers
    readout: DocumentReadout


def document_of(name: str, answers: Answers) -> Document:
    return read((DOCUMENTS / f"{name}.txt").read_bytes(), file=f"{name}.txt", published=answers.published)


def strong_model(answers: Answers) -> Callable[[Call], Reply]:
    """Answers about the facts first, has nothing to mend, and translates the lines that it is given."""

    def answer(call: Call) -> Reply:
        form = (call.body["response_format"].get("json_schema") or {}).get("name")
        if form == "translation":
            lines = re.findall(r"^(\d+) (.*)$", call.body["messages"][1]["content"], re.MULTILINE)
            told = [{"number": int(number), "text": answers.english[words]} for number, words in lines]
            return says(msgspec.json.encode({"sentences": told}).decode())
        return says(msgspec.json.encode(answers.facts if call.number == 0 else {"talks": None}).decode())

    return answer


@pytest.fixture(params=ANSWERS)
def told(request: pytest.FixtureRequest, ask: Ask) -> Told:
    name: str = request.param
    answers = msgspec.json.decode(ANSWERS[name].read_bytes(), type=Answers)
    document = document_of(name, answers)
    made = readout(document, Model(ask(strong_model(answers)).chat, Provider.model))
    return Told(name, document, answers, made)


def test_the_language_is_told(told: Told) -> None:
    assert told.readout.document.language == told.name[:2]
    assert source_of(told.document).language == told.name[:2]


def test_spans_are_exact_and_in_the_original_words(told: Told) -> None:
    proofs = [proof for fact in facts_of(told.readout) for proof in proofs_of(fact)]
    assert len(proofs) >= 10
    assert [told.document.text[proof.start : proof.end] for proof in proofs] == [p.exact for p in proofs]
    assert {proof.region for proof in proofs} == {"body"}


def test_values_are_right(told: Told) -> None:
    read = {(one.value, one.unit, one.previous_value) for one in told.readout.figures}
    assert read == set(FIGURES[told.name])


def test_what_is_right_is_served(told: Told) -> None:
    asked = {kind.plural: len(told.answers.facts[kind.plural]) for kind in KINDS}
    assert {kind.plural: len(list(facts_of_kind(told.readout, kind))) for kind in KINDS} == asked
    lost = [(one.kind, one.leaf) for one in told.readout.rejected]
    # "antes de diciembre" is a day before December, and none in particular
    assert lost == ([("deadline", "date")] if told.name == "es-comunicado" else [])


def test_days_are_those_that_were_answered(told: Told) -> None:
    for plural in ("deadlines", "events"):
        answered = {one["date"]["edtf"] for one in told.answers.facts[plural] if "date" in one}
        read = {one.date.edtf for one in getattr(told.readout, plural) if one.date}
        assert [day for day in read if not any(one.startswith(day) for one in answered)] == []


def test_every_word_of_a_field_is_english_and_its_translation_is_marked(told: Told) -> None:
    talks = told.readout.negotiation
    assert talks is not None
    holders: list[Negotiation | Fact] = [talks, *facts_of(told.readout)]
    for holder in holders:
        pairs = {pair.text for pair in holder.translated}
        assert {pair.by for pair in holder.translated} <= {"model"}
        for words in own_words(holder):
            assert words in pairs or told.answers.english.get(words) == words
    text = " ".join(told.document.text.split())
    originals = [pair.original for fact in facts_of(told.readout) for pair in fact.translated]
    assert [words for words in originals if words not in text] == []


def own_words(holder: Any) -> Iterator[str]:
    """What a fact or the talks say in words that a source in English would have had."""
    for name in (
        "role",
        "title",
        "summary",
        "at_risk",
        "what",
        "subject",
        "text",
        "channel",
        "place",
        "venue",
    ):
        if isinstance(words := getattr(holder, name, None), str):
            yield words
    for position in getattr(holder, "positions", ()):
        yield from filter(None, (position.ask, position.offer, position.red_line))


def test_code_says_that_it_has_not_read_all_itself(told: Told) -> None:
    assert {fact.proof for fact in facts_of(told.readout)} == {"quoted"}


def test_the_briefing_is_in_english(told: Told) -> None:
    (briefing,) = merge([Part(told.readout, source_of(told.document))])
    written = [briefing.title, *(one.text for one in (*briefing.summary, *briefing.further))]
    assert len(written) > 3
    assert not any(unspaced(words) for words in written)
    assert all(
        re.search(r"\b(?:trade talks|in|on|of|to|the|for)\b", words, re.IGNORECASE) for words in written
    )


# What is wrong


def verified(name: str, change: Callable[[dict[str, Any]], None]) -> Verified:
    answers = msgspec.json.decode(ANSWERS[name].read_bytes(), type=Answers)
    facts = deepcopy(answers.facts)
    change(facts)
    reading = Reading(document_of(name, answers))
    parsed = read_answer(msgspec.json.encode(facts).decode())
    return reading.verify([proposals_of(parsed, Numbered(reading.annotated), [])])


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("wrong", [lambda value: 10 * value, lambda value: 1.1 * value + 1])
def test_an_amount_that_code_reads_otherwise_is_refused(name: str, wrong: Callable[[float], float]) -> None:
    def change(facts: dict[str, Any]) -> None:
        facts["figures"] = [one for one in facts["figures"] if re.search(r"\d", one["amount"])]
        for one in facts["figures"]:
            one["value"] = wrong(one["value"])

    assert verified(name, change).facts["figure"] == []


@pytest.mark.parametrize("name", ANSWERS)
def test_a_day_of_another_month_is_refused(name: str) -> None:
    def change(facts: dict[str, Any]) -> None:
        facts["deadlines"] = [one for one in facts["deadlines"] if re.search(r"\d", one["date"]["words"])]
        for one in facts["deadlines"]:
            year, month, *day = one["date"]["edtf"].split("/")[0].split("-")
            one["date"]["edtf"] = "-".join([year, f"{int(month) % 12 + 1:02}", *("01" for _ in day)])

    assert [fact.date for fact in verified(name, change).facts["deadline"] if fact.date] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"de-bericht", "pt-noticia"}))
def test_nobody_is_seated_for_the_other_side(name: str) -> None:
    def change(facts: dict[str, Any]) -> None:
        sides = facts["talks"]["parties"]
        for one in facts["delegates"]:
            one["party"] = sides[1 - sides.index(one["party"])]

    assert verified(name, change).facts["delegate"] == []


@pytest.mark.parametrize("name", ANSWERS)
def test_nobody_has_the_office_of_another(name: str) -> None:
    def change(facts: dict[str, Any]) -> None:
        first, second = facts["delegates"]
        first["role"], second["role"] = second["role"], first["role"]

    assert name == "fr-actualite" or verified(name, change).facts["delegate"] == []


# The embedded extractor


@pytest.mark.parametrize("name", ["fr-communique", "zh-xinwen"])
def test_the_embedded_extractor_says_that_it_does_not_read_it(name: str) -> None:
    answers = msgspec.json.decode(ANSWERS[name].read_bytes(), type=Answers)
    made = readout(document_of(name, answers))
    language = {"fr": "French", "zh": "Chinese"}[name[:2]]
    assert made.unread == f"the document is in {language}, which the embedded extractor does not read"
    assert made.negotiation is None
    assert list(facts_of(made)) == []


def test_what_is_in_english_is_read_as_ever() -> None:
    made = readout(read(b"Norway and Chile opened a round of trade talks in Oslo on 3 March 2031."))
    assert (made.document.language, made.unread) == ("en", None)
    assert made.negotiation is not None
    assert made.negotiation.translated == []


# Beside a source in English


def test_the_same_fact_in_french_and_in_english_is_one(ask: Ask) -> None:
    answers = msgspec.json.decode(ANSWERS["fr-communique"].read_bytes(), type=Answers)
    french = document_of("fr-communique", answers)
    english = read(
        b"Morocco and Indonesia concluded the third round of their trade negotiations in Rabat on Thursday. "
        b"Morocco charges a customs duty of 17.5% on Indonesian palm oil, which Indonesia wants abolished.",
        published="2031-03-14",
    )
    made = readout(french, Model(ask(strong_model(answers)).chat, Provider.model))
    parts = [Part(made, source_of(french)), Part(readout(english), source_of(english))]
    (briefing,) = merge(parts)
    (duty,) = [one for one in briefing.figures if one.value == 17.5]
    assert {proof.document_id for proof in duty.evidence} == {french.id, english.id}
    words = "droit de douane de 17,5 % sur l’huile de palme indonésienne"
    assert words in {pair.original for pair in duty.translated}
    assert {source.language for source in briefing.sources} == {"en", "fr"}
