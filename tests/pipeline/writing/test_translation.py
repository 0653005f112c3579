"""Texts in another language: a translation stands where it says what its English says, and nothing else."""

import pytest
from msgspec import json

from pipeline.extraction.model.requests import Completion, Request
from pipeline.writing.author import compose
from pipeline.writing.glossaries import glossary
from pipeline.writing.phrases import phrases
from pipeline.writing.rules import write_by_rules
from pipeline.writing.text import Style, in_style, with_text, with_written
from pipeline.writing.translation import Comparison
from tests.pipeline.writing.talks import Scripted, briefing

SALMON = ("Chile has offered to cut its duty on Norwegian salmon to 4 per cent.", "salmon")
CHEESE = ("Norway is asking for a quota of 9,000 tonnes for its cheese.", "cheese")
TRUCE = ("The truce on duties runs out on 30 June 2031 unless both governments extend it.", "truce")
SALMON_ES = "Chile ha ofrecido reducir su arancel sobre el salmón noruego al 4 por ciento."
CHEESE_ES = "Noruega pide un contingente de 9.000 toneladas para su queso."
TRUCE_ES = "La tregua arancelaria vence el 30 de junio de 2031 a menos que ambos gobiernos la prorroguen."

RIGHT = [
    (SALMON[0], SALMON_ES),
    (CHEESE[0], CHEESE_ES),
    (TRUCE[0], TRUCE_ES),
    (
        "Trade in goods between Kenya and the US came to $1.4 billion in 2030.",
        "El comercio de mercancías entre Kenia y Estados Unidos ascendió a 1.400 millones de dólares en 2030.",
    ),
    (
        "The US could raise its duty on Kenyan tea to as much as 12.5 per cent from May 2032.",
        "Estados Unidos podría elevar su arancel sobre el té keniano hasta el 12,5 % a partir de mayo de 2032.",
    ),
    (
        "India has not agreed to the EU’s demand for lower duties on cars.",
        "La India no ha aceptado la demanda de la UE de rebajar los aranceles a los automóviles.",
    ),
    (
        "At least 20,000 tonnes of beef would enter the UK free of duty.",
        "Al menos 20.000 toneladas de carne de vacuno entrarían en el Reino Unido libres de aranceles.",
    ),
    (
        "Deputy Trade Minister Tomás Arancibia leads for Chile.",
        "El viceministro de Comercio Tomás Arancibia encabeza la delegación chilena.",
    ),
    (
        "Norway offered to lower its duty on Chilean wine to 3 per cent from 9 per cent.",
        "Noruega ofreció rebajar su arancel sobre el vino chileno del 9 al 3 por ciento.",
    ),
    (
        "Norway and Chile meet again in Santiago on 4 May 2031",
        "Noruega y Chile vuelven a reunirse en Santiago el 4 de mayo de 2031",
    ),
]
WRONG = [
    ("a number", RIGHT[0], "al 5 por ciento", "al 4 por ciento"),
    ("the sides", RIGHT[0], "Noruega ha ofrecido reducir su arancel sobre el salmón chileno al 4 por ciento.", ""),
    ("an offer", RIGHT[0], "ha reducido", "ha ofrecido reducir"),
    ("the direction", RIGHT[0], "elevar", "reducir"),
    ("who", RIGHT[1], "Dinamarca", "Noruega"),
    ("the month", RIGHT[2], "julio", "junio"),
    ("the year", RIGHT[2], "2032", "2031"),
    ("a condition", RIGHT[2], "2031.", "2031 a menos que ambos gobiernos la prorroguen."),
    ("the scale", RIGHT[3], "1,4 billones", "1.400 millones"),
    ("the decimal mark", RIGHT[4], "12.5 %", "12,5 %"),
    ("the currency", RIGHT[3], "euros", "dólares"),
    ("what is open", RIGHT[4], "elevará", "podría elevar"),
    ("a limit", RIGHT[4], "al 12,5 %", "hasta el 12,5 %"),
    ("a denial", RIGHT[5], "ha aceptado", "no ha aceptado"),
    ("a denial that is none", RIGHT[1], "no pide", "pide"),
    ("the least", RIGHT[6], "Hasta", "Al menos"),
    ("a name", RIGHT[7], "Tomás Aranda", "Tomás Arancibia"),
    ("from and to", RIGHT[8], "del 3 al 9", "del 9 al 3"),
    ("one more sentence", RIGHT[1], "queso. Lo pide. Lo exige. Lo quiere.", "queso."),
    ("markup", RIGHT[1], "<b>queso</b>", "queso"),
    ("nothing", RIGHT[1], "", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def talks():
    return briefing()


@pytest.fixture(scope="module")
def spanish():
    return Comparison("es", ["Tomás Arancibia", "Astrid Lunde"])


@pytest.mark.parametrize(("english", "text"), RIGHT)
def test_what_says_the_same_stands(spanish, english, text):
    assert spanish.faults(english, text) == []


@pytest.mark.parametrize(
    ("pair", "wrong", "right"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_what_says_something_else_does_not(spanish, pair, wrong, right):
    english, text = pair
    assert not right or right in text
    assert spanish.faults(english, text.replace(right, wrong) if right else wrong)


class Translating(Scripted):
    """Writes as told in English, then translates by number."""

    def __init__(self, english: list[tuple[str, str]], *translations: dict[int, str]) -> None:
        super().__init__(english)
        self.translations = list(translations)

    def __call__(self, request: Request) -> Completion:
        if request.form == "text":
            return super().__call__(request)
        self.requests.append(request)
        told = [{"number": number, "text": text} for number, text in self.translations.pop(0).items()]
        text = json.encode({"sentences": told}).decode()
        return Completion(text=text, finish="stop", prompt_tokens=50, completion_tokens=10)


HEADLINE_ES = "Chile y Noruega abren en Oslo la quinta ronda de sus conversaciones comerciales"
SPANISH = {0: HEADLINE_ES, 1: SALMON_ES, 2: CHEESE_ES, 3: TRUCE_ES}


def test_a_model_translates_what_stands_in_english(talks):
    model = Translating([SALMON, CHEESE, TRUCE], SPANISH)
    text = compose(talks, model, "invented-1", "es")
    assert text.headline and text.headline.text == HEADLINE_ES
    assert [one.text for one in text.sentences] == [SALMON_ES, CHEESE_ES, TRUCE_ES]
    assert [one.original for one in text.sentences] == [SALMON[0], CHEESE[0], TRUCE[0]]
    assert (text.writing.language, text.writing.usage.calls, text.writing.dropped) == ("es", 2, [])
    system, asked = (str(message["content"]) for message in model.requests[1].messages)
    assert "Spanish" in system and f"1 {SALMON[0]}" in asked


def test_a_translation_that_says_something_else_is_asked_for_once_more_then_dropped(talks):
    wrong = SPANISH | {1: SALMON_ES.replace("4", "5"), 2: CHEESE_ES.replace("pide", "no pide")}
    model = Translating([SALMON, CHEESE, TRUCE], wrong, {1: wrong[1], 2: CHEESE_ES})
    text = compose(talks, model, "invented-1", "es")
    assert "numbers" in str(model.requests[2].messages[-1]["content"])
    assert [one.text for one in text.sentences][:2] == [CHEESE_ES, TRUCE_ES]
    [dropped] = text.writing.dropped
    assert dropped.text == wrong[1] and "4 became 5" in dropped.reasons[0]


def test_the_rules_write_in_a_language_what_needs_no_words_of_a_source(talks):
    headline, sentences = write_by_rules(talks, "es")
    english, all_of_them = write_by_rules(talks)
    assert headline and english and headline.original == english.text
    assert sentences
    assert {one.original for one in sentences} <= {one.text for one in all_of_them}
    assert all(one.text.startswith(("Noruega", "Chile", "Por ", "El ", "Las ")) for one in sentences)


def test_who_asks_for_english_gets_what_was_translated(talks):
    written = with_written(
        talks, compose(talks, Translating([SALMON, CHEESE, TRUCE], SPANISH), "invented-1", "es")
    )
    english = in_style(written, "en", None)
    assert [one.text for one in english.summary] == [SALMON[0], CHEESE[0], TRUCE[0]]
    assert (english.writing.language, english.writing.by) == ("en", "model")
    assert in_style(written, "es", None) == in_style(written, None, None) == written


def test_who_asks_for_another_language_than_a_text_has_gets_the_rules(talks):
    told = in_style(with_written(talks, compose(talks, Scripted([SALMON] * 3), "invented-1")), "es", "short")
    assert (told.writing.language, told.writing.by, told.writing.length) == ("es", "rules", "short")
    assert told == in_style(told, "es", "short")


def test_a_text_is_written_in_the_language_of_the_service(talks):
    told = with_text(talks, None, Style(language="es"))
    assert told.writing.language == "es" and told.headline is not None and told.headline.original


def test_every_language_has_its_templates_and_its_glossary():
    templates = phrases("es")
    for table in ("headlines", "talks", "deadlines", "people", "disputes", "figures"):
        assert set(getattr(templates, table)) <= set(getattr(phrases("en"), table))
    assert set(phrases("en").words) - set(templates.words) <= {"a_round"}
    assert len(glossary("es").wording) > 20
