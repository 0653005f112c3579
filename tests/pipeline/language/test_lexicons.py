"""A lexicon is data with a schema: what is misspelt, missing or of another shape fails when it is read."""

import re
from importlib.resources import files

import msgspec
import pytest

from pipeline.language.lexicons import (
    Row,
    SignList,
    WordList,
    classify,
    decode_lexicon,
    lexicon,
    lexicon_of,
    schema,
)
from schemas import vocabulary

FILES = [
    kind for kind in vars(schema).values() if isinstance(kind, type) and issubclass(kind, schema.LexiconFile)
]
KINDS = {kind.__name__.lower(): kind for kind in FILES if kind not in (schema.LexiconFile, schema.Weighed)}
FOLDER = files("pipeline.language.lexicons") / "en"
SOURCES = 'wires = ["A"]\noutlets = ["B"]\nofficial_hosts = ["c"]\nauthorities = ["d"]\nthink_tanks = ["e"]\n'


def known(vocabulary_type):
    """The words of a vocabulary that may grow."""
    meta = next(m for m in vocabulary_type.__metadata__ if isinstance(m, msgspec.Meta))
    return set((meta.extra_json_schema or {})["x-extensible-enum"])


def test_every_file_has_its_struct_and_every_struct_its_file():
    assert {path.name.removesuffix(".toml") for path in FOLDER.iterdir()} == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_read_and_its_expressions_compile(name):
    words = msgspec.structs.asdict(getattr(lexicon, name)).values()
    rows = [row for value in words if isinstance(value, tuple) for row in value]
    for value in [*words, *(row.words for row in rows if isinstance(row, Row))]:
        if isinstance(value, WordList):
            assert value.cased
        if isinstance(value, WordList | SignList):
            assert value.pattern


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SOURCES.replace("wires", "wiers"), "unknown field `wiers`"),
        (SOURCES + 'blogs = ["f"]\n', "unknown field `blogs`"),
        (SOURCES.replace('wires = ["A"]\n', ""), "missing required field `wires`"),
        (SOURCES.replace('["A"]', '"A"'), r"\$.wires"),
        (SOURCES.replace('["A"]', "[7]"), r"\$.wires"),
        (SOURCES.replace('["A"]', "[]"), r"\$.wires"),
    ],
)
def test_a_wrong_key_fails(text, complaint):
    with pytest.raises(msgspec.ValidationError, match=complaint):
        decode_lexicon(text, schema.Sources)


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name, kind in KINDS.items() for key in kind.__struct_fields__]
)
def test_a_misspelt_key_of_any_file_fails(name, key):
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    misspelt, count = re.subn(rf"^(\[*){key}\b", rf"\1{key}x", text, flags=re.MULTILINE)
    assert count
    with pytest.raises(msgspec.ValidationError, match=f"unknown field `{key}x`"):
        decode_lexicon(misspelt, KINDS[name])


def test_a_row_without_its_name_or_with_an_unknown_one_fails():
    quantities = (FOLDER / "quantities.toml").read_text("utf-8")
    with pytest.raises(msgspec.ValidationError, match="limits"):
        decode_lexicon(quantities.replace('name = "gte"', 'name = "gtee"', 1), schema.Quantities)
    with pytest.raises(msgspec.ValidationError, match="missing required field `name`"):
        decode_lexicon(quantities.replace('name = "gte"', "", 1), schema.Quantities)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (lexicon.topics.topics, set(vocabulary.TOPICS)),
        (lexicon.deadlines.kinds, set(vocabulary.DEADLINE_KINDS)),
        (lexicon.talks.statuses, set(vocabulary.NEGOTIATION_STATUSES)),
        (lexicon.figures.measures, set(vocabulary.MEASURES)),
        (lexicon.figures.statuses, known(vocabulary.FigureStatus)),
        (lexicon.modality.event_statuses, known(vocabulary.EventStatus)),
        (lexicon.conflicts.lifts, known(vocabulary.ConditionKind)),
    ],
)
def test_rows_have_names_that_the_vocabulary_knows(rows, words):
    assert {row.name for row in rows} <= words
    assert len({row.name for row in rows}) == len(rows)
    assert {row.points for row in rows if isinstance(row, schema.MeasureRow)} <= words


def test_the_first_row_whose_words_are_found_wins():
    rows = (Row("special", WordList(["green energy"])), Row("general", WordList(["energy"])))
    assert classify("Green energy", rows, "other") == "special"
    assert classify("energy", rows, "other") == "general"
    assert classify("synergy", rows, "other") == "other"


def test_a_language_is_read_once_and_a_file_when_it_is_asked():
    assert lexicon_of("en") is lexicon
    fresh = type(lexicon)("en")
    assert "talks" not in vars(fresh)
    assert fresh.talks is fresh.talks
    assert "talks" in vars(fresh)


def test_words_are_whole_words_in_any_case_unless_asked_as_written():
    words = WordList(["New Delhi", "Delhi", "Rupees?"])
    assert [match[0] for match in words.finditer("in NEW DELHI, delhi")] == ["NEW DELHI", "delhi"]
    assert words.cased.search("in new delhi") is None
    assert words.search("Delhis") is None
    assert words.search("Delhi, Rupee", 5, 11) is None
