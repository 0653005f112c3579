"""Who is said to have agreed to what, and by whom: in a text's own voice, or in somebody's mouth."""

import re
from functools import lru_cache

from msgspec import Struct

from pipeline.language.lexicons import NAME_WORD, lexicon
from pipeline.language.matching import fold
from pipeline.language.parties import mentions

_WORDS = lexicon.commitments
NAMES = rf"(?:[Tt]he )?{NAME_WORD}(?: {NAME_WORD}){{0,5}}(?: (?:[a-z]+ )?{_WORDS.staff.any})?"
"""Names of a person, a party or a body, also of those who stand for one: "Norway’s trade ministry"."""
_PARTICIPANT = rf"(?!{_WORDS.nobody.any}\b)[\w’'.-]+"
_WHOM = rf"(?P<whom>{_PARTICIPANT}(?: {_PARTICIPANT}){{0,6}}?)"
_AGREES = rf"(?:{_WORDS.helps.any} )*{_WORDS.agreed.any}\b(?P<what>[^.;]*)"
_SAYS = _WORDS.says.any
_CLAIMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<by>{NAMES}) (?:\w+ ){{0,2}}?{_SAYS}(?: [\w’' ]{{1,40}}? that| that|:)? [“\"]?{_WHOM} {_AGREES}",
        rf"(?P<by>{NAMES})[’'](?:s )?{_WORDS.claim.any} that {_WHOM} {_AGREES}",
        rf"[Aa]ccording to (?P<by>{NAMES}), {_WHOM} {_AGREES}",
        rf"^(?:[^,“”\"]{{3,60}}, )?{_WHOM} {_AGREES}, (?P<by>{NAMES}) (?:\w+ )?{_SAYS}",
    )
)
_OWN = re.compile(rf"^(?:[^,“”\"]{{3,60}}, )?{_WHOM} {_AGREES}")
_HEADING = re.compile(rf"^{_WHOM} (?:to|will) (?P<what>\w+ [^.;]*)")
_BYLINE = re.compile(
    rf"^{NAME_WORD}(?: {NAME_WORD}){{0,3}}: |(?:: | [—–-] ){NAME_WORD}(?: {NAME_WORD}){{0,3}}\W*$"
)
_TURN = re.compile(rf"(?:^|[ ,—–-]+){_WORDS.turn.any}\b|[,—–:“”\"]")
_LEADS_IN = re.compile(r"^ ?(?:(?:to|that|on|a|an|the)\b)? ?[“\"]?(?:to )?")
_ON = re.compile(r"\bon\s+([^,;.]{3,40})")
_STEM = 3


class Commitment(Struct, frozen=True):
    """That `whom` agreed to `what`; `by`: who says so, None where the text itself does."""

    whom: str
    what: str
    by: str | None

    @property
    def party(self) -> str | None:
        """The party that is said to have agreed, where it is named."""
        return next((m.code for m in mentions(self.whom)), None)


def _commitment(found: re.Match[str], by: str | None) -> Commitment | None:
    """What a pattern found, where somebody with a name agrees to something."""
    whom = found["whom"]
    what = _TURN.split(_LEADS_IN.sub("", found["what"]))[0].strip()
    named = re.search(NAME_WORD, whom)
    codes = {m.code for m in mentions(whom)}
    if not named or len(codes) > 1 or not what or (by and fold(by) == fold(whom)):
        return None
    return Commitment(whom, what, by)


def claimed(sentence: str) -> Commitment | None:
    """What a sentence has somebody say that another agreed to."""
    if not _WORDS.agreed.search(sentence):
        return None
    for pattern in _CLAIMS:
        for found in pattern.finditer(sentence):
            if commitment := _commitment(found, found["by"]):
                return commitment
    return None


def asserted(sentence: str, heading: bool = False) -> Commitment | None:
    """What a sentence itself says that one party agreed to. A heading says so with "to" and "will", too."""
    said = re.search(rf"\b{_SAYS}\b", sentence) or _BYLINE.search(sentence)
    if said or _WORDS.unsure.search(sentence):
        return None
    found = _OWN.match(sentence) or (_HEADING.match(sentence) if heading else None)
    return _commitment(found, None) if found else None


@lru_cache(maxsize=10_000)
def _stems(text: str) -> frozenset[str]:
    """The words that tell what a text is about, names of parties left out."""
    for mention in reversed(list(mentions(text))):
        text = text[: mention.start] + text[mention.end :]
    plain = re.findall(r"[^\W\d_]+", fold(text))
    return frozenset(
        word.removesuffix("s") for word in plain if len(word) >= _STEM and word not in _WORDS.empty
    )


@lru_cache(maxsize=10_000)
def _topics(text: str) -> frozenset[str]:
    return frozenset(row.name for row in lexicon.topics.topics if row.words.search(text))


def same_matter(what: str, other: str, around: str = "") -> bool:
    """Whether two texts are about one matter: they share words, and a topic or more words of the sentence around."""
    scopes = [_stems(found[1]) for text in (what, other) if (found := _ON.search(text))]
    if len(scopes) == 2 and scopes[0] and scopes[1] and not scopes[0] & scopes[1]:
        return False
    shared = _stems(what) & _stems(other)
    more = (_stems(what) & _stems(around)) - shared or _topics(what) & _topics(f"{other} {around}")
    return len(shared) >= 2 or bool(shared and more)


def of_one(left: Commitment, right: Commitment) -> bool:
    """Whether one party may be meant: a surname alone tells none."""
    return left.party is None or right.party is None or left.party == right.party
