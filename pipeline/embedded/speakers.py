"""Who is speaking: people by surname or office, bodies by name, pronouns by whoever spoke last."""

import re

from msgspec import Struct

from pipeline.embedded.passages import Sentence
from pipeline.embedded.people import people
from pipeline.lexicon import NAME_WORD, UPPER, any_of, table, words
from pipeline.parties import party_of

_SAID = any_of(table("speech")["said"])
_PARTICLE = any_of(table("offices")["particles"])
_INNER = rf"(?:{NAME_WORD}|of(?= {UPPER})|and(?= {UPPER}\w+ (?:Ministry|Bank|Office))|{_PARTICLE}(?= ))"
_NAME = rf"{NAME_WORD}(?: {_INNER})*"
_OFFICE = rf"[Tt]he (?:{NAME_WORD}\.? )?(?:president|prime minister|premier|chancellor)"
_DOCUMENT = r"[Tt]he (?:spokes\w+|minister|secretary|commissioner|official|article|report|statement)"
_STAND_IN = rf"(?:{_OFFICE}|{_DOCUMENT}|[Hh]e|[Ss]he|[Tt]hey)"
_WHO = re.compile(rf"\b{_STAND_IN}\b|{_NAME}")
_AFTER_VERB = re.compile(
    rf"^\W{{0,3}}\s*(?:{_SAID}|according to)\s+(?:by\s+)?(?:an? (?:report|note|statement) (?:by|from)\s+)?"
    r"(?P<who>[^“”\".,;:]{2,80})"
)
_BEFORE_VERB = re.compile(rf"^\W{{0,3}}\s*(?P<who>[^“”\".,;:]{{1,70}}?)\s+{_SAID}\b")
_VERB = re.compile(
    rf"^\W{{0,3}}\s*(?:{_SAID}|according to)\s+(?:by\s+)?(?:an? (?:report|note|statement) (?:by|from)\s+)?"
    r"(?P<who>[^“”\".,;:]{2,80})"
)
_BEFORE_VERB = re.compile(rf"^\W{{0,3}}\s*(?P<who>[^“”\".,;:]{{1,70}}?)\s+{_SAID}\b")
_VERB = re.compile(rf"\b{_SAID}\b")
_PREPOSITION = re.compile(
    r"\b(?:in|on|at|to|with|of|from|between|for|by|against|aboard|via)\s+(?:the |a |an )?$"
)
_SENTENCE = re.compile(r"(?<=[.!?”])\s+(?=[A-Z“])")


class Speaker(Struct, frozen=True):
    """A speaker as a statement names one."""

    name: str
    role: str | None
    party: str | None


class Roster:
    """Everybody whom a text names with an office, found again by surname, first name or office."""

    def __init__(self, sentences: list[Sentence]) -> None:
        self._people: dict[str, Speaker] = {}
        for sentence in sentences:
            for person in people(sentence):
                found = Speaker(person.name, person.office, person.party or party_of(person.role))
                for key in (person.name.split()[-1], person.name.split()[0]):
                    known = self._people.get(key)
                    if known is None or (" " in found.name and " " not in known.name):
                        self._people[key] = found

    def find(self, who: str) -> Speaker:
        """The person behind a surname or an office; else the words themselves, with the party they name."""
        surname = who.split()[-1]
        if surname in self._people and self._people[surname].name.endswith(surname):
            return self._people[surname]
        party = party_of(who)
        for person in self._people.values():
            office = (person.role or "").split()[-1:]
            named = who.lower().startswith("the ") and office and surname.lower() == office[0].lower()
            if named and (party is None or person.party in {None, party}):
                return person
        return Speaker(who, None, party)

    def titled(self, who: str) -> Speaker | None:
        """The person behind a transcript's `SECRETARY NAME`."""
        surname = who.split()[-1]
        return next((p for p in self._people.values() if p.name.split()[-1].upper() == surname), None)


def _named(text: str) -> list[str]:
    """Names in a text that can be subjects: none that a preposition governs, no sentence openers."""
    names = []
    for found in _WHO.finditer(text):
        name = found[0]
        first, _, rest = name.partition(" ")
        if words("speech", "nobody", cased=True).fullmatch(first) and not re.fullmatch(_STAND_IN, name):
            name = rest
        owner = re.search(r"[’']s?$", name)
        if len(name) > 1 and not owner and not _PREPOSITION.search(text[: found.start()]):
            names.append(name)
    return names


def speaker_of(text: str, start: int, end: int, last: Speaker | None, roster: Roster) -> Speaker | None:
    """Whose words `text[start:end]` are: told right after them, before them, or the last speaker's."""
    after = re.split(r"[“\"]", text[end + 1 : end + 200])[0]
    before = _SENTENCE.split(text[max(start - 300, 0) : max(start - 1, 0)])[-1]
    if re.search(r"[.!?]\s*$", before):
        before = ""
    told: list[str] = []
    for pattern in (_AFTER_VERB, _BEFORE_VERB):
        if (found := pattern.match(after)) and (names := _named(found["who"])):
            told = names[-1:]
            break
    verbs = list(_VERB.finditer(before))
    if not told and verbs:
        told = _named(before[: verbs[-1].start()])[-1:] or _named(before[verbs[-1].end() :])[:1]
    if not told and re.search(r"(?:[:,]|\b(?:to|be|become|had|as|shown|a|an|the))\s*$", before):
        told = _named(before)[:1]
    if not told:
        return last
    if words("speech", "pronouns").fullmatch(told[0]):
        return last
    return roster.find(told[0])
