"""What somebody says that a party agreed to, against texts that say so as a fact and against its own words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from textwrap import shorten

from msgspec import Struct

from pipeline.briefings.comparison import Excerpt, conflict, plain_text
from pipeline.briefings.rounds import Part
from pipeline.documents.document import Span
from pipeline.language.commitments import Commitment, asserted, claimed, same_matter
from pipeline.language.lexicons import lexicon
from pipeline.language.offices import titled_for
from pipeline.language.parties import mentions, party_name
from pipeline.language.people import same_person
from schemas import Conflict, Delegate, Fact, Statement

_LONGEST = 120


@lru_cache(maxsize=10_000)
def tells_of_commitment(text: str, heading: bool) -> bool:
    return asserted(text, heading) is not None


class _Claim(Struct, frozen=True):
    """That a party agreed to something; `speaker`: who says so, None where a text does."""

    party: str
    what: str
    sentence: str
    speaker: str | None
    document_id: str
    facts: tuple[str, ...]


class _Round(Struct, frozen=True):
    """Who is who in a round."""

    parties: frozenset[str]
    told: Sequence[Fact]
    excerpts: Sequence[Excerpt]
    delegates: Sequence[Delegate]
    statements: Sequence[Statement]

    def side_of(self, name: str) -> str | None:
        """The party that somebody named belongs to."""
        surname = re.sub(r"[’']s?$", "", name).split()[-1]
        proofs = (e for fact in self.told for e in fact.evidence if surname in e.exact)
        naming = {(e.document_id, e.start, e.end): plain_text(e) for e in proofs}
        for _, text in sorted(naming.items()):
            for match in re.finditer(rf"(?<!\w){re.escape(surname)}(?!\w)", text):
                if side := self._titled(text, match.start()):
                    return side
        people = [
            *((d.name, d.party) for d in self.delegates if d.name),
            *((s.speaker, s.party) for s in self.statements),
        ]
        return next((party for known, party in people if party and same_person(known, name)), None)

    def _titled(self, text: str, at: int) -> str | None:
        named = [mention for mention in mentions(text) if mention.code in self.parties]
        return titled_for(text, Span(0, len(text)), at, named)

    def party_of(self, commitment: Commitment, speaker: str | None) -> str | None:
        """Who is said to have agreed: between two parties, whoever is not the speaker's."""
        if side := commitment.party or self.side_of(commitment.whom):
            return side if side in self.parties else None
        others = self.parties - {speaker}
        return next(iter(others)) if speaker and len(others) == 1 else None


def _claims(round_: _Round) -> Iterator[_Claim]:
    """What others say that a party agreed to: never what it says of itself."""
    for statement in round_.statements:
        for e in statement.evidence[:1] if not statement.direct else ():
            sentence = " ".join(e.exact.split())
            commitment = claimed(sentence)
            if commitment is None or commitment.by is None:
                continue
            speaker = statement.party or round_.side_of(commitment.by)
            party = round_.party_of(commitment, speaker)
            if party and party != speaker:
                yield _Claim(
                    party, commitment.what, sentence, statement.speaker, e.document_id, (statement.id,)
                )


def _assertions(round_: _Round) -> Iterator[_Claim]:
    """What texts themselves say that one party agreed to."""
    for excerpt in round_.excerpts:
        commitment = asserted(excerpt.text, heading=excerpt.region != "body")
        if commitment and (party := round_.party_of(commitment, None)):
            yield _Claim(party, commitment.what, excerpt.text, None, excerpt.document_id, excerpt.facts)


class _OwnWords(Struct, frozen=True):
    """A party's own words; `agrees`: they say themselves that it agreed."""

    statement: Statement
    party: str
    agrees: bool

    @property
    def text(self) -> str:
        return self.statement.text


def _own_words(round_: _Round) -> Iterator[_OwnWords]:
    """What a party says that it has done, or denies."""
    for statement in round_.statements:
        does, agrees = _own_doing(statement.text)
        if not does:
            continue
        party, commitment = statement.party or round_.side_of(statement.speaker), claimed(statement.text)
        if party and (commitment is None or commitment.party == party):
            yield _OwnWords(statement, party, agrees)


@lru_cache(maxsize=10_000)
def _own_doing(text: str) -> tuple[bool, bool]:
    """Whether words tell what who says them has done, or deny it; whether they say that it was to agree."""
    denied = bool(lexicon.commitments.denies.search(text))
    agrees = bool(lexicon.commitments.agreed.search(text)) and not denied
    return denied or agrees or bool(lexicon.commitments.done.search(text)), agrees


def _connected(claims: Sequence[_Claim]) -> list[list[_Claim]]:
    """Claims about one party's one matter, together."""
    groups: list[list[_Claim]] = []
    for claim in claims:
        near = [group for group in groups if any(_one_matter(claim, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*chain.from_iterable(near), claim])
    return groups


def _one_matter(left: _Claim, right: _Claim) -> bool:
    return left.party == right.party and (
        same_matter(left.what, right.what, right.sentence)
        or same_matter(right.what, left.what, left.sentence)
    )


def _about_it(group: Iterable[_Claim], own: Sequence[_OwnWords]) -> list[_OwnWords]:
    """The party's own words on the matter, and those that tell the same as these."""
    about = [o for o in own if any(o.party == c.party and same_matter(c.what, o.text, o.text) for c in group)]
    return [
        o for o in own if o in about or any(a.party == o.party and same_matter(a.text, o.text) for a in about)
    ]


def _value(own: _OwnWords) -> str:
    return f"{party_name(own.party)}’s own words: {shorten(own.text, _LONGEST, placeholder='…')}"


def commitments(
    briefing: str,
    parts: Sequence[Part],
    delegates: Sequence[Delegate],
    told: Sequence[Fact],
    excerpts: Sequence[Excerpt],
    statements: Sequence[Statement],
) -> Iterator[Conflict]:
    """Whether a party agreed, or another only says so. Its own word, or a joint one, settles the matter.

    `told`: facts whose words may tell whose side somebody is on; `excerpts`: those that tell of a commitment.
    """
    parties = frozenset(code for part in parts for code in part.talks.parties)
    joint = {part.readout.document.id for part in parts if part.source.kind == "joint_statement"}
    round_ = _Round(parties, told, excerpts, delegates, statements)
    own = list(_own_words(round_))
    for group in _connected([*_claims(round_), *_assertions(round_)]):
        mine = _about_it(group, own)
        facts = [claim for claim in group if claim.speaker is None]
        names = sorted({claim.speaker for claim in group if claim.speaker})
        settled = any(claim.document_id in joint for claim in facts) or any(o.agrees for o in mine)
        if settled or not names or not (facts or mine):
            continue
        sides: dict[str, list[str]] = defaultdict(list)
        for claim in group:
            who = max((n for n in names if same_person(n, claim.speaker or "")), key=len, default=None)
            sides[f"claimed by {who}" if who else "stated as a fact"].extend(claim.facts)
        for words in mine:
            sides[_value(words)].append(words.statement.id)
        what = min((c.what for c in facts or group), key=lambda text: (len(text), text))
        about = f"whether {party_name(group[0].party)} agreed to {shorten(what, _LONGEST, placeholder='…')}"
        yield conflict(briefing, about, "attribution", sides)
