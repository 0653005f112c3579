"""What an authority keeps to itself and others tell: who received its licences, exemptions or quotas."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.briefings.conflicts.comparison import Excerpt, conflict
from pipeline.language.lexicons import NAME_WORD, any_of, lexicon
from pipeline.language.parties import mentions
from schemas import Conflict

_WORDS = lexicon.conflicts
_PAPER = rf"(?P<paper>{any_of(paper for row in _WORDS.papers for paper in row.words)})\b"
_GIVES, _RECEIVER = _WORDS.gives.any, _WORDS.receivers.any
_SAYS_NOT = rf"(?:without|(?:did|does|has|have) not|declin\w+ to|refus\w+ to) {_WORDS.withholds.any}\b"
_WITHHELD = re.compile(
    rf"\b{_GIVES} (?:[\w’'-]+ ){{0,6}}?{_PAPER}[^.;]{{0,40}}?\b{_SAYS_NOT}[^.;]{{0,60}}?\b{_RECEIVER}\b"
)
_GIVEN = re.compile(rf"\b{_GIVES} (?:[\w’'-]+ ){{0,6}}?{_PAPER} (?:to|for) (?P<who>[^.;,]{{4,100}})")
_GOT = re.compile(
    rf"(?P<who>(?:[\w’'-]+ ){{1,6}}?)(?:ha(?:s|ve|d) )?(?:reportedly )?{_WORDS.gets.any}"
    rf" (?:[\w’'-]+ ){{0,6}}?{_PAPER}"
)


def _family(paper: str) -> str:
    """Licences, exemptions or quotas."""
    return next(row.name for row in _WORDS.papers if re.fullmatch(row.words.any, paper))


def _giver(text: str, grant: re.Match[str]) -> str | None:
    """The last party named before it is given."""
    before = [mention.code for mention in mentions(text[: grant.start()]) if not mention.place]
    return before[-1] if before else None


def _received(excerpt: Excerpt) -> Iterator[tuple[str, str | None, str]]:
    """What was received, who gave it and who got it."""
    for pattern in (_GIVEN, _GOT):
        for match in pattern.finditer(excerpt.text):
            who = match["who"].strip()
            if _WORDS.receivers.search(who) or (pattern is _GIVEN and re.search(NAME_WORD, who)):
                giver = _giver(excerpt.text, match) if pattern is _GIVEN else None
                yield _family(match["paper"]), giver, who


def receivers(briefing: str, excerpts: Sequence[Excerpt]) -> Iterator[Conflict]:
    """Who received what an authority is said to give without naming anybody, where other documents name them."""
    sides: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    received = [(excerpt, grant) for excerpt in excerpts for grant in _received(excerpt)]
    for secret in excerpts:
        match = _WITHHELD.search(secret.text)
        if match is None:
            continue
        family, giver = _family(match["paper"]), _giver(secret.text, match)
        for excerpt, (paper, by, who) in received:
            other = excerpt.document_id != secret.document_id
            if other and paper == family and (by is None or giver is None or by == giver):
                sides[family]["not disclosed"].extend(secret.facts)
                sides[family][who].extend(excerpt.facts)
    for family, positions in sides.items():
        yield conflict(briefing, f"who received the {family}", "omission", positions)
