"""Whether a document is about a trade negotiation, between whom, where, and how far it is."""

import re
from collections import Counter
from functools import cache
from itertools import pairwise

import pycountry

from pipeline.documents.document import Document
from pipeline.language.dates import find_dates
from pipeline.language.lexicons import NAME_WORD, classify, lexicon
from pipeline.language.parties import Mention, mentions
from pipeline.language.passages import Sentence, quoted
from schemas.proposals import TalksProposal

_TRADE, _TALK = lexicon.talks.trade.any, lexicon.talks.talk.any
TRADE_TALK = re.compile(
    rf"\b{_TRADE}\b[\w’',\s-]{{0,45}}?\b{_TALK}\b|\b{_TALK}\b[\w’',\s-]{{0,45}}?\b{_TRADE}\b|\bFTA\b"
    rf"|\b{lexicon.talks.dispute.any}\b",
    re.IGNORECASE,
)
_MEMBERS = lexicon.parties.members
_BACK = re.compile(r"last|the past|yesterday", re.IGNORECASE)
_PLACE = re.compile(rf"\b(?:in|at|to) (?P<city>{NAME_WORD}(?: (?:{NAME_WORD}|(?:de|da|do|la)(?= )))*)")
_ROUND = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\w+teenth|\d{1,2}(?:st|nd|rd|th)|final"
    r"|new|latest) round\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"^(?:[-–—/]|,? (?:and|with|or) (?:the )?|, (?:the )?|’s? |\W+and\W+)$")
_SHARE = 0.45


def _weigh(text: str, weight: int, scores: Counter[str]) -> None:
    """Adds to the score of each party that a text names with another; more where they are coupled."""
    found = [mention for mention in mentions(text) if not mention.place]
    if len({mention.code for mention in found}) < 2:
        return
    for code in {mention.code for mention in found}:
        scores[code] += weight
    coupled: set[str] = set()
    for left, right in pairwise(found):
        if left.code != right.code and _LINK.match(text[left.end : right.start]):
            coupled |= {left.code, right.code}
    for code in coupled:
        scores[code] += 2 * weight


def _parties(scores: Counter[str], named: Counter[str]) -> list[str]:
    """Those whose score comes near the runner-up's: a side of the table is named as often as the other."""
    if len(scores) < 2:
        return []
    runner_up = scores.most_common(2)[1][1]
    near = sorted(code for code, score in scores.items() if score >= _SHARE * runner_up)
    for body, members in _MEMBERS.items():
        inside = [code for code in near if code in members]
        if body in near and inside:
            one = named[body] > 2 * max(named[code] for code in inside)
            near = [code for code in near if code not in inside] if one else [c for c in near if c != body]
    countries = [code for code in near if not code.startswith("X-")]
    return countries if len(countries) > 2 else near


def _venue(title: str, sentences: list[Sentence]) -> str | None:
    """The city that is named most often as the place of a meeting; of equals, the one named first."""
    cities: Counter[str] = Counter()
    known = {ent.text.removesuffix("’s") for s in sentences for ent in s.doc.ents if ent.label_ == "GPE"}
    for text in (title, *(sentence.text for sentence in sentences)):
        if not lexicon.talks.meeting.search(text) or lexicon.talks.elsewhere.search(text):
            continue
        for found in _PLACE.finditer(text):
            city = found["city"].removesuffix("’s").removesuffix("'s").rstrip(".")
            names = list(mentions(city))
            if city not in _countries() and (city in known or any(m.end == len(city) for m in names)):
                cities[city] += 1
    return max(cities, key=lambda city: cities[city], default=None)


@cache
def _countries() -> frozenset[str]:
    return frozenset(
        name for c in pycountry.countries for name in (c.name, getattr(c, "common_name", c.name))
    )


def _status(texts: list[str]) -> str:
    told = (classify(text, lexicon.talks.statuses, "unknown") for text in texts)
    return next((status for status in told if status != "unknown"), "unknown")


def find_talks(document: Document, sentences: list[Sentence]) -> TalksProposal | None:
    """The negotiation that a document is about; None where it is about something else."""
    title = document.title or ""
    scores: Counter[str] = Counter()
    if TRADE_TALK.search(title):
        _weigh(title, 4, scores)
    told = [sentence for sentence in sentences if TRADE_TALK.search(sentence.text)]
    for sentence in sentences:
        _weigh(sentence.text, 2 if TRADE_TALK.search(sentence.text) else 1, scores)
    texts = (title, *(sentence.text for sentence in sentences))
    parties = _parties(scores, Counter(m.code for text in texts for m in mentions(text) if not m.place))
    if not told or len(parties) < 2:
        return None

    def named(sentence: Sentence) -> list[Mention]:
        return [m for m in mentions(sentence.text) if m.code in parties and not m.place]

    about = [sentence for sentence in sentences if lexicon.talks.talk.search(sentence.text)]
    lead = next((s for s in (*about, *sentences) if len({m.code for m in named(s)}) >= 2), None)
    if lead is None:
        return None
    quote, at = quoted(document, lead.passage, lead.start, lead.end)
    ahead = [found.text for found in find_dates(lead.text) if not _BACK.match(found.text)]
    found_round = _ROUND.search(lead.text)
    return TalksProposal(
        quote=quote,
        at=at,
        parties=parties,
        venue=_venue(title, sentences),
        round=found_round[0] if found_round else None,
        date_words=ahead[0] if ahead and lexicon.talks.meeting.search(lead.text) else None,
        status=_status([sentence.text for sentence in about[:8]]),
    )
