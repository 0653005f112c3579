"""Subtitles: what is said, a paragraph a speaker, whatever the format."""

import pytest

from pipeline.documents.read import read
from tests.pipeline.documents.files import FOLDER

CONFERENCE = """\
MODERATOR: Good morning. We will take three questions on the trade talks between Norway and Chile.

ANA EXAMPLE: Thank you. We agreed to cut duties on wine to 12 percent by 1 July 2031. Norway will not accept a quota on salmon, whatever is offered for it.

QUESTION: Will there be a deal this year?

BEN SAMPLE: We think so. The next round is in Santiago on 14 April 2031, and Chile wants a lower duty on fish.

ANA EXAMPLE: I agree with that. Nobody leaves the table before the fish chapter is closed.
"""


def text_of(subtitles: str) -> str:
    return read(subtitles.encode()).text


@pytest.mark.parametrize("ending", ["srt", "vtt", "ttml"])
def test_a_speaker_has_a_paragraph(ending: str) -> None:
    assert read((FOLDER / f"subtitles/press-conference.{ending}").read_bytes()).text == CONFERENCE


def test_a_dash_or_arrows_tell_that_another_speaks() -> None:
    cues = (
        "1\n00:00:01,000 --> 00:00:02,000\n- Will there be a deal?\n- We think so.\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\n>> And when?\n"
    )
    assert text_of(cues) == "Will there be a deal?\n\nWe think so.\n\nAnd when?\n"


def test_a_pause_behind_a_sentence_begins_a_paragraph() -> None:
    cues = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nNorway and Chile\n\n00:09.000 --> 00:10.000\nmet in Oslo.\n\n"
        "00:20.000 --> 00:21.000\nTalks go on.\n"
    )
    assert text_of(cues) == "Norway and Chile met in Oslo.\n\nTalks go on.\n"


def test_a_line_that_live_captions_show_again_is_said_once() -> None:
    cues = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nNorway and Chile\n\n00:02.000 --> 00:04.000\nNorway and Chile\n"
        "met in Oslo.\n"
    )
    assert text_of(cues) == "Norway and Chile met in Oslo.\n"


def test_the_header_of_webvtt_is_metadata() -> None:
    document = read((FOLDER / "story/story.vtt").read_bytes())
    assert document.title == "India, EU begin new round of trade talks as year-end target nears"
    assert document.published and document.published.edtf == "2025-09-08"
