"""Who said what: quoted words with their speaker, also across paragraphs and in transcripts; reported speech apart."""

import re
from collections.abc import Iterator

from pipeline.document import Document
from pipeline.embedded.passages import Passage, Sentence, quoted
from pipeline.embedded.people import people
from pipeline.parties import mentions, party_of
from pipeline.proposals import StatementProposal

_QUOTE = re.compile(r"“(?P<curly>[^“”]{2,1500})(?:”|$)|(?<![\w])\"(?P<straight>[^\"]{2,1500})(?:\"|$)")
_SAID = (
    r"(?:said|says|told|wrote|writes|added|noted|stated|remarked|argued|warned|explained|commented|declared|announced|insisted|observed|posted|stressed"
    r"|described|called|dubbed|put it|replied|continued|claimed|acknowledged|concluded|tweeted|terms|termed|saying|stating|according to)"
)
_NAME = r"[A-Z][\w.’'-]+(?: (?:[A-Z][\w.’'-]+|of|the|and|bin|al|de|van|von))*"
_AFTER_VERB_NAME = re.compile(
    rf"^\W{{0,3}}\s*(?:{_SAID})\s+(?:by\s+|a (?:report|note|statement) (?:by|from)\s+)?(?P<who>(?:the |a |an |its |China’s |[A-Z]\w+’s )?[\w’ -]{{0,40}}?{_NAME}|the [\w ]{{3,40}}?(?=[,.]|$))"
)
_AFTER_NAME_VERB = re.compile(rf"^\W{{0,3}}\s*(?P<who>(?:the |a )?[A-Z]?[\w.’' -]{{1,60}}?)\s+{_SAID}\b")
_BEFORE = re.compile(
    rf"(?P<who>{_NAME}|[Hh]e|[Ss]he|[Tt]he (?:spokes\w+|minister|ministry|secretary|president|commissioner|article|statement|report|official))(?P<gap>[^“”\"]{{0,90}}?)\b{_SAID}\b[^“”\"]{{0,120}}$"
)
_TURN = re.compile(
    r"^(?P<who>(?:(?:MR|MRS|MS|DR)\. |(?:SECRETARY|AMBASSADOR|MINISTER|COMMISSIONER|PRESIDENT|REPRESENTATIVE|CHANCELLOR|SENATOR|DIRECTOR|PREMIER) )[A-Z][A-Z’'-]+(?: [A-Z][A-Z’'-]+)*):\s+"
)
_PRONOUN = re.compile(
    r"^(?:he|she|they|the (?:spokes\w+|minister|secretary|president|commissioner|official|article))$",
    re.IGNORECASE,
)
_CHANNEL = re.compile(
    r"\b(?:on|in|to|during|via) (?:an? |his |her |its |the |their )?(?:[\w’ -]{0,30})(?:CNBC|CBS(?:’s [A-Z][\w ]+)?|CNN|NBC|ABC|Fox News|BBC|Bloomberg(?: TV)?|Reuters|social media(?: platform)?|Truth Social|X\b|Twitter|interview|statement|press conference|news conference|briefing|note)\b"
)
_INDIRECT = re.compile(
    rf"^(?P<who>{_NAME}|[Tt]he [A-Z][\w ]{{3,40}}?) (?P<verb>said|confirmed|announced|warned|claimed|told [\w ]{{3,20}}|stressed|added|noted)(?: [\w, ]{{0,20}})?(?: that)? (?!“)"
)


def _full(name: str, known: dict[str, str]) -> str:
    """The full name behind a surname that the text gave in full before."""
    return known.get(name.split()[-1], name) if " " not in name else name


def _clean(words: str) -> str:
    words = re.sub(rf"^(?:{_SAID})\s+", "", words.strip(" ,—–-"))
    return re.sub(r"[’']s?$", "", words)


def _roster(sentences: list[Sentence]) -> dict[str, tuple[str, str, str | None]]:
    """Name, role and party of everybody named with an office, by surname; first mention in full wins."""
    roster: dict[str, tuple[str, str, str | None]] = {}
    for sentence in sentences:
        for person in people(sentence):
            key = person.name.split()[-1]
            if key not in roster or (" " in person.name and " " not in roster[key][0]):
                roster[key] = (person.name, person.office, person.party or party_of(person.role))
            if len(person.name.split()) == 2:
                roster.setdefault(person.name.split()[0], roster[key])
    return roster


def _speaker(passage: Passage, start: int, end: int, last: str | None) -> str | None:
    """Whose words stand between `start` and `end`: told after them, before them, or by the quote before."""
    text = passage.text
    after = text[end : end + 160].split("“")[0]
    before = text[max(start - 260, 0) : start]
    sentence_before = re.split(r"(?<=[.!?”])\s+(?=[A-Z“])", before)[-1]
    for pattern, where in ((_AFTER_VERB_NAME, after), (_AFTER_NAME_VERB, after), (_BEFORE, sentence_before)):
        if where and (found := pattern.search(where)):
            who = _clean(found["who"])
            if pattern is _AFTER_NAME_VERB and not (re.search(r"[A-Z]", who) or _PRONOUN.match(who)):
                continue
            return last if _PRONOUN.match(who) and last else who
    names = [m for m in re.finditer(rf"\b{_NAME}", sentence_before) if len(m[0]) > 2]
    if re.search(rf"\b(?:{_SAID}|become|be|shown|had|to|it)\s*:?,?\s*$", sentence_before.rstrip()) and names:
        return _clean(names[0][0])
    return last


def _direct(
    document: Document, parts: list[Passage], roster: dict[str, tuple[str, str, str | None]]
) -> Iterator[StatementProposal]:
    last: str | None = None
    for passage in parts:
        turn = _TURN.match(passage.text)
        if turn:
            last = _titled(turn["who"], roster)
            continue
        last_here = last
        for found in _QUOTE.finditer(passage.text):
            group = "curly" if found["curly"] else "straight"
            start, end = found.span(group)
            who = _speaker(passage, found.start(), found.end(), last_here)
            if who is None:
                continue
            name, role, party = roster.get(who.split()[-1], (who, None, party_of(who)))
            speaker = name if who.split()[-1] in name.split() else who
            last_here = last = speaker
            quote, at = quoted(document, passage, start, end)
            channel = _CHANNEL.search(passage.text[found.end() : found.end() + 120].split(".")[0])
            yield StatementProposal(
                quote=quote, at=at, speaker=speaker, text=quote, direct=True, role=role, party=party,
                channel=channel[0] if channel else None,
            )  # fmt: skip


def _titled(who: str, roster: dict[str, tuple[str, str, str | None]]) -> str:
    """`SECRETARY RAIMONDO` -> the full name that the text gives."""
    surname = who.split()[-1]
    for key, (name, _, _) in roster.items():
        if key.upper() == surname:
            return name
    return who


def _turns(
    document: Document, sentences: list[Sentence], roster: dict[str, tuple[str, str, str | None]]
) -> Iterator[StatementProposal]:
    """A transcript: every sentence of a turn belongs to the speaker whose name opens it."""
    speaker: str | None = None
    names = {name for name, _, _ in roster.values()}
    for sentence in sentences:
        text = sentence.passage.text
        turn = _TURN.match(text)
        start = sentence.start
        if turn:
            speaker = _titled(turn["who"], roster)
            start = max(start, turn.end())
        if speaker not in names or sentence.end - start < 60:
            continue
        quote, at = quoted(document, sentence.passage, start, sentence.end)
        _, role, party = next(entry for entry in roster.values() if entry[0] == speaker)
        yield StatementProposal(
            quote=quote, at=at, speaker=speaker, text=quote, direct=True, role=role, party=party
        )


def _indirect(
    document: Document, sentences: list[Sentence], roster: dict[str, tuple[str, str, str | None]]
) -> Iterator[StatementProposal]:
    for sentence in sentences:
        found = _INDIRECT.match(sentence.text)
        if found is None or "“" in sentence.text:
            continue
        who = _clean(found["who"])
        surname = who.split()[-1]
        party = party_of(who)
        if surname not in roster and not any(m.start <= 4 for m in mentions(who)):
            continue
        name, role, theirs = roster.get(surname, (who, None, party))
        quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
        yield StatementProposal(
            quote=quote, at=at, speaker=name, text=quote, direct=False, role=role, party=theirs or party
        )


def find_statements(document: Document, sentences: list[Sentence]) -> list[StatementProposal]:
    """Direct speech in the order of the text, then reported speech."""
    roster = _roster(sentences)
    parts = list({id(sentence.passage): sentence.passage for sentence in sentences}.values())
    transcript = sum(bool(_TURN.match(part.text)) for part in parts) >= 2
    direct = _turns(document, sentences, roster) if transcript else _direct(document, parts, roster)
    return [*direct, *(() if transcript else _indirect(document, sentences, roster))]
