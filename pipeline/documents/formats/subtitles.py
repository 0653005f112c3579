"""Subtitles (SRT, WebVTT, TTML): what is said, one paragraph a speaker; times, styles and remarks are left out."""

import html
import re
from collections.abc import Iterator
from itertools import zip_longest

from msgspec import Struct

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS, Composer, Content, key_words, visible
from pipeline.documents.formats.container import xml_root
from pipeline.documents.formats.text import decode_text

_TIME = r"(?:(?P<{0}h>\d{{1,3}}):)?(?P<{0}m>\d{{1,2}}):(?P<{0}s>\d{{1,2}}[,.]\d{{1,3}})"
_CUE = re.compile(rf"{_TIME.format('a')}[ \t]+-->[ \t]+{_TIME.format('b')}[^\n]*(?:\n|\Z)")
_HEADER = re.compile(
    r"WEBVTT(?:[ \t]+(?:-[ \t]*)?(?P<title>[^\n]*))?\n(?P<fields>(?:[A-Za-z][\w -]{0,40}:[^\n]*\n)*)"
)
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?[ \t]+([^>\n]{1,100})>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^>\n]{0,200}>|\{\\[^}\n]{0,100}\}")
_SOUND = re.compile(r"^[-–>\s]*(?:\[[^\]\n]{1,80}\]|\([^()a-z\n]{2,80}\)|♪[^\n]*)\s*$")
_CHANGE = re.compile(r"^(?:>>+|[-–—](?=\s*[^\W\d_]))\s*")
"""Begins what another says."""
_NAME = re.compile(r"^(?P<who>[^\W\d_][\w.’' -]{1,40}(?: ?\([^()\n]{2,60}\))?):\s+(?=\S)")
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_PAUSE = 2.0  # seconds
_TT, _METADATA = "{http://www.w3.org/ns/ttml}", "{http://www.w3.org/ns/ttml#metadata}"
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)s")


class _Cue(Struct):
    """Words between two times in seconds; `who`: whose voice it is, as the file tells."""

    start: float
    end: float
    words: str
    who: str | None = None
    changes: bool = False


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        fields, cues = _timed_text(data)
    else:
        text = decode_text(data).replace("\r", "\n").removeprefix("\ufeff")
        fields, cues = _header(text), list(_cues(text))
    composer = Composer()
    if title := fields.get("title"):
        composer.add(title, "headline")
    for paragraph in _paragraphs(cues):
        composer.add(paragraph)
    return composer.content(fields)


def _header(text: str) -> dict[str, str]:
    """What WebVTT says of itself before the first of its cues."""
    header = _HEADER.match(text)
    if header is None:
        return {}
    lines = [line.partition(":") for line in header["fields"].splitlines()]
    fields = {key_words(key): visible(value) for key, _, value in lines if value.strip()}
    if title := visible(header["title"] or ""):
        fields.setdefault("title", title)
    return fields


def _cues(text: str) -> Iterator[_Cue]:
    cues = list(_CUE.finditer(text))
    for cue, following in zip_longest(cues, cues[1:]):
        block = text[cue.end() : following.start() if following else None].partition("\n\n")[0]
        start, end = (_seconds(cue[f"{one}h"], cue[f"{one}m"], cue[f"{one}s"]) for one in "ab")
        for line in _lines(block):
            yield _Cue(start=start, end=end, words=line[1], who=line[0], changes=line[2])


def _lines(block: str) -> Iterator[tuple[str | None, str, bool]]:
    """Who says a line, its words, and whether another speaks than before."""
    for line in block.split("\n"):
        voice = _VOICE.search(line)
        words = html.unescape(_TAG.sub("", _VOICE.sub("", line)))
        change = _CHANGE.match(words)
        words = visible(words[change.end() :] if change else words)
        if words and not _SOUND.match(words):
            yield (visible(html.unescape(voice[1])) if voice else None), words, change is not None


def _seconds(hours: str | None, minutes: str, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))


def _timed_text(data: bytes) -> tuple[dict[str, str], list[_Cue]]:
    root = xml_root(data, Unreadable(DAMAGED.format(FORMATS["subtitles"])))
    names = {
        agent.get("{http://www.w3.org/XML/1998/namespace}id"): visible(" ".join(agent.itertext()))
        for agent in root.iter(f"{_METADATA}agent")
    }
    title = visible(next((str(one.text or "") for one in root.iter(f"{_METADATA}title")), ""))
    cues = []
    for paragraph in root.iter(f"{_TT}p"):
        for line_break in paragraph.iter(f"{_TT}br"):
            line_break.text = "\n"
        who = names.get(paragraph.get(f"{_METADATA}agent") or "")
        start, end = _clock(paragraph.get("begin")), _clock(paragraph.get("end"))
        for _, words, changes in _lines("".join(paragraph.itertext())):
            cues.append(_Cue(start=start, end=end, words=words, who=who or None, changes=changes))
    return ({"title": title} if title else {}), cues


def _clock(time: str | None) -> float:
    match = _CLOCK.fullmatch(time or "")
    if match is None:
        return 0.0
    return float(match[4]) if match[4] else _seconds(match[1], match[2], match[3])


def _paragraphs(cues: list[_Cue]) -> Iterator[str]:
    """Cues joined until another speaks, or until a sentence ends before a pause."""
    words: list[str] = []
    speaker: str | None = None
    above: _Cue | None = None
    for cue in cues:
        named = _NAME.match(cue.words)
        who = cue.who or (named["who"] if named else None)
        said = cue.words[named.end() :] if named and cue.who is None else cue.words
        if above and cue.words == above.words and cue.start <= above.end:
            above = cue  # Live captions show a line again while the next one comes.
            continue
        paused = above is not None and cue.start - above.end > _PAUSE and _ENDED.search(above.words)
        if words and (cue.changes or paused or (who and who != speaker)):
            yield " ".join(words)
            words = []
        if who and (not words or who != speaker):
            said = f"{who}: {said}"
        speaker = who or (None if cue.changes else speaker)
        words.append(said)
        above = cue
    if words:
        yield " ".join(words)
