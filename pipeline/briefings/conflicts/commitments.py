"""What somebody says that a party agreed to, against texts that say so as a fact and against its own words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from textwrap import shorten

from msgspec import Struct

from pipeline.briefings.conflicts.shape import Telling, conflict, tellings
from pipeline.briefings.rounds import Part
from pipeline.language.commitments import Pledge, asserted, claimed, same_matter
from pipeline.language.lexicons import lexicon
from pipeline.language.names import same_person
from pipeline.language.naming import party_name
from pipeline.language.offices import titled_for
from schemas import Conflict, Delegate, Stake, Statement

_LONGEST = 120


class Claim(Struct, frozen=True):
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
    told: Sequence[Telling]
    delegates: Sequence[Delegate]
    statements: Sequence[Statement]

    def side_of(self, name: str) -> str | None:
        """The party that somebody named belongs to."""
        surname = re.sub(r"[’']s?$", "", name).split()[-1]
        for telling in self.told:
            for found in re.finditer(rf"(?<!\w){re.escape(surname)}(?!\w)", telling.text):
                if side := titled_for(telling.text, found.start(), self.parties):
                    return side
        people = [
            *((d.name, d.party) for d in self.delegates),
            *((s.speaker, s.party) for s in self.statements),
        ]
        return next((party for known, party in people if party and same_person(known, name)), None)

    def party_of(self, pledge: Pledge, speaker: str | None) -> str | None:
        """Who is said to have agreed: between two parties, whoever is not the speaker's."""
        if side := pledge.party or self.side_of(pledge.whom):
            return side if side in self.parties else None
        others = self.parties - {speaker}
        return next(iter(others)) if speaker and len(others) == 1 else None


def _claims(round_: _Round) -> Iterator[Claim]:
    """What others say that a party agreed to: never what it says of itself."""
    for said in round_.statements:
        for e in said.evidence[:1] if not said.direct else ():
            sentence = " ".join(e.exact.split())
            pledge = claimed(sentence)
            if pledge is None or pledge.by is None:
                continue
            speaker = said.party or round_.side_of(pledge.by)
            party = round_.party_of(pledge, speaker)
            if party and party != speaker:
                yield Claim(party, pledge.what, sentence, said.speaker, e.document_id, (said.id,))


def _assertions(round_: _Round) -> Iterator[Claim]:
    """What texts themselves say that one party agreed to."""
    for telling in round_.told:
        pledge = asserted(telling.text, heading=telling.region != "body")
        if pledge and (party := round_.party_of(pledge, None)):
            yield Claim(party, pledge.what, telling.text, None, telling.document_id, telling.facts)


class _Own(Struct, frozen=True):
    """A party's own words; `agrees`: they say themselves that it agreed."""

    said: Statement
    party: str
    text: str
    agrees: bool


def _own_words(round_: _Round) -> Iterator[_Own]:
    """What a party says that it has done, or denies."""
    for said in round_.statements:
        party = said.party or round_.side_of(said.speaker)
        if party is None:
            continue
        pledge = claimed(said.text)
        if pledge and pledge.party != party:
            continue
        denied = bool(lexicon.commitments.denies.search(said.text))
        agrees = bool(lexicon.commitments.agreed.search(said.text)) and not denied
        if denied or agrees or lexicon.commitments.done.search(said.text):
            yield _Own(said, party, said.text, agrees)


def _connected(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Claims about one party's one matter, together."""
    groups: list[list[Claim]] = []
    for claim in claims:
        near = [group for group in groups if any(_one_matter(claim, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*chain.from_iterable(near), claim])
    return groups


def _one_matter(left: Claim, right: Claim) -> bool:
    return left.party == right.party and (
        same_matter(left.what, right.what, right.sentence)
        or same_matter(right.what, left.what, left.sentence)
    )


def _about_it(group: Iterable[Claim], own: Sequence[_Own]) -> list[_Own]:
    """The party's own words on the matter, and those that tell the same as these."""
    about = [o for o in own if any(o.party == c.party and same_matter(c.what, o.text, o.text) for c in group)]
    return [
        o for o in own if o in about or any(a.party == o.party and same_matter(a.text, o.text) for a in about)
    ]


def _value(own: _Own) -> str:
    return f"{party_name(own.party)}’s own words: {shorten(own.text, _LONGEST, placeholder='…')}"


def pledges(
    briefing: str,
    parts: Sequence[Part],
    delegates: Sequence[Delegate],
    stakes: Sequence[Stake],
    statements: Sequence[Statement],
) -> Iterator[Conflict]:
    """Whether a party agreed, or another only says so. Its own word, or a joint one, settles the matter."""
    parties = frozenset(code for part in parts for code in part.talks.parties)
    joint = {part.readout.document.id for part in parts if part.source.kind == "joint_statement"}
    round_ = _Round(parties, tellings([*stakes, *statements]), delegates, statements)
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
        for words_ in mine:
            sides[_value(words_)].append(words_.said.id)
        what = min((c.what for c in facts or group), key=lambda text: (len(text), text))
        about = f"whether {party_name(group[0].party)} agreed to {shorten(what, _LONGEST, placeholder='…')}"
        yield conflict(briefing, about, "attribution", sides)
