"""A lexicon is data with a schema: what is misspelt, missing or of another shape fails when it is read."""

import re
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.language.annotate import annotate
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
SAMPLES = Path(__file__).resolve().parents[3] / "samples"
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


# Most sentences are told from how their words begin to hold none of a list. No word may be lost by that.
@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("i", "so I said"),
        ("dut(?:y|ies)", "new Duties"),
        ("(?:is|are) seen", "they are seen"),
        ("(?:phyto)?sanitary", "sanitary and phytosanitary"),
        ("(?:phyto)?sanitary", "phytosanitary"),
        ("(?:co-?)?chair(?:s|ed)?", "co-chaired"),
        ("(?:an?|the) (?:new )?deal", "an deal"),
        ("as?k", "ak"),
        (r"\w+n’t", "doesn’t"),
        (r"(?:\(a\)|b) [()]c", "b )c"),
        ("(?:ab*|cd){1,2}e", "cde"),
        ("tea|coffee", "Coffee"),
        ("o{2}h", "ooh"),
        ("Ölpreis", "ÖLPREIS"),
        ("U\\.S\\.", "the U.S."),
    ],
)
def test_a_word_is_found_however_its_expression_begins(expression, words):
    assert (WordList([expression]).search(words) is not None) is (
        re.search(rf"(?<!\w)(?:{expression})(?!\w)", words, re.IGNORECASE) is not None
    )
    assert WordList([expression, "zebra"]).search("a page of something else") is None


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (r"^\W*read more\b", "» Read more"),
        (r"^\W*read more\b", "They read more"),
        (r"\bcookies?\b", "We use Cookies"),
        (r"\bcookies?\b", "hocookies"),
        (r"\bcookie", "cookiecutter"),
        (r"\b\d+ min read$", "a 12 min read"),
        (r"\b(?:/ap photo|afp/)", "AFP/Someone"),
        (r"\(photo\)\s*$", "The port (photo) "),
        ("©", "2031 © Somebody"),
    ],
)
def test_a_sign_is_found_where_it_says_that_it_stands(sign, words):
    found = re.search(sign, words, re.IGNORECASE) is not None
    assert (SignList([sign]).search(words) is not None) is found
    assert (SignList([sign, "^zebra", r"\bzebra", "zebra$"]).search(words) is not None) is found


def test_one_sign_is_one():
    with pytest.raises(ValueError, match="more than one sign"):
        SignList([r"\bread more|subscribe"])
    assert SignList([r"\b(?:read more|subscribe)[:|]"]).search("Subscribe|")


def test_lists_find_in_sentences_what_their_patterns_find():
    lists = [words for name in KINDS for words in word_lists(getattr(lexicon, name))]
    sentences = [
        sentence.text
        for path in sorted(SAMPLES.glob("*.txt"))
        for sentence in annotate(read(path.read_bytes())).sentences
    ]
    assert len(lists) > 100 and len(sentences) > 50
    for words in lists:
        found = [sentence for sentence in sentences if words.search(sentence)]
        assert found == [sentence for sentence in sentences if words.pattern.search(sentence)], words


def word_lists(value):
    """Every list of words in a file of a lexicon, however deep."""
    if isinstance(value, WordList):
        yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from word_lists(getattr(value, field))
    elif isinstance(value, dict):
        for one in value.values():
            yield from word_lists(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from word_lists(one)
