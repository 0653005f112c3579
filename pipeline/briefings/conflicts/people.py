"""Who leads a delegation, which office somebody holds, and what an authority keeps to itself and others tell."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from pipeline.briefings.comparison import Excerpt, conflict
from pipeline.briefings.rounds import Part, found_once, only_planned, start_of
from pipeline.extraction.kinds.delegates import leads_by_office
from pipeline.language.lexicons import NAME_WORD, any_of, lexicon
from pipeline.language.parties import mentions, party_name
from pipeline.language.people import same_person
from schemas import Conflict, Delegate, Statement

_KIND_OF = {word: row.name for row in lexicon.offices.kinds for word in row.words}
_HEAD = rf"(?i:{any_of(_KIND_OF)})\b"
_PLACE = rf"(?: (?:of|for|at) (?:the )?{NAME_WORD}(?: (?:of |for |and )?{NAME_WORD})*)?"
_OFFICE = rf"(?:(?!(?:and|or|who)\b)[\w’'.-]+ ){{0,3}}?{_HEAD}{_PLACE}"
_LEADS = re.compile(rf"\w+ (?:of|for) (?:[\w’'-]+ ){{0,3}}?{lexicon.offices.groups.any}\b", re.IGNORECASE)
"""Who leads those who came holds no office by that."""
_WORD = re.compile(r"\w+")


@found_once
def _heads_told(part: Part) -> dict[str, frozenset[tuple[str, bool]]]:
    """Whom a document names as heads, by party, and of each whether that is by an office alone."""
    heads: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for side in part.readout.delegations:
        heads[side.party] |= {(m.name, leads_by_office(m)) for m in side.members if m.head and m.name}
    return {party: frozenset(told) for party, told in heads.items()}


def delegation_heads(
    briefing: str, parts: Sequence[Part], delegates: Sequence[Delegate]
) -> Iterator[Conflict]:
    """Documents that name different heads of one delegation. Naming none is no position, nor is an office alone.

    Who was announced for a meeting that was held on another day is no position, nor is a chief negotiator where a
    minister is told to lead.
    """
    start = start_of(parts)
    heads_told = [_heads_told(part) for part in parts if not only_planned(part, start)]
    for party in sorted({person.party for person in delegates}):
        sides: dict[str, list[str]] = defaultdict(list)
        told = {own[party] for own in heads_told if party in own}
        plainly = any(not by_office for each in told for _, by_office in each)
        named_together = {
            frozenset(name for name, by_office in each if not (plainly and by_office)) for each in told
        }
        seated = [(person.id, person.name) for person in delegates if person.party == party and person.name]
        for heads in named_together:
            named = {id: name for id, name in seated if any(same_person(name, head) for head in heads)}
            if named:
                sides[" and ".join(sorted(named.values()))].extend(named)
        if len(sides) > 1:
            about = f"who heads the delegation of {party_name(party)}"
            yield conflict(briefing, about, "attribution", sides)


@lru_cache(maxsize=10_000)
def _offices(sentence: str, person: str) -> tuple[str, ...]:
    """The offices that a sentence gives somebody: right before the name, or right after it."""
    name = rf"(?P<name>(?:{NAME_WORD} ){{0,2}}{re.escape(person.split()[-1])})(?!\w)"
    before = rf"(?P<office>(?:{NAME_WORD} ){{0,3}}{_HEAD}) {name}"
    after = rf"{name},? (?:the |an? |who is (?:the )?|who )?(?P<office>{_OFFICE})(?! {NAME_WORD})"
    return tuple(
        match["office"]
        for pattern in (before, after)
        for match in re.finditer(pattern, sentence)
        if same_person(match["name"], person) and not _LEADS.match(sentence, match.start("office"))
    )


@lru_cache(maxsize=10_000)
def _kind(office: str) -> str:
    head = re.search(_HEAD, office)
    return _KIND_OF[head[0].casefold()] if head else ""


def offices(
    briefing: str, excerpts: Sequence[Excerpt], delegates: Sequence[Delegate], statements: Sequence[Statement]
) -> Iterator[Conflict]:
    """Documents that give one person offices of different kinds. Whoever has both in one document is in no conflict."""
    documents = {one.document_id for one in excerpts} | {s.evidence[0].document_id for s in statements}
    if len(documents) < 2:
        return
    speakers = {s.speaker for s in statements if s.role}
    seated = {d.name for d in delegates if d.name}
    names = sorted(seated | {name for name in speakers if " " in name})
    last_of = {name: ["", *_WORD.findall(name)][-1] for name in names}
    lasts = frozenset(last_of.values())
    with_word: dict[str, list[Excerpt]] = defaultdict(list)
    for excerpt in excerpts:
        for word in _words_of(excerpt.text) & lasts:
            with_word[word].append(excerpt)
    by_speaker: dict[str, list[tuple[str, Statement]]] = defaultdict(list)
    for statement in statements:
        if statement.role:
            by_speaker[statement.speaker].append((statement.role, statement))
    for name in names:
        by_document: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for excerpt in with_word.get(last_of[name], ()):
            for office in _offices(excerpt.text, name):
                by_document[excerpt.document_id].append((office, excerpt.facts))
        for role, s in chain.from_iterable(own for who, own in by_speaker.items() if same_person(who, name)):
            by_document[s.evidence[0].document_id].append((role, (s.id,)))
        kinds = [{_kind(office) for office, _ in held} - {""} for held in by_document.values()]
        single = [kind for kind in kinds if len(kind) == 1]
        if len(set().union(*single)) < 2 or len(single) < len([k for k in kinds if k]):
            continue
        sides: dict[str, set[str]] = defaultdict(set)
        for kind in sorted(set().union(*single)):
            held = [(o, ids) for those in by_document.values() for o, ids in those if _kind(o) == kind]
            fullest = max((office for office, _ in held), key=lambda office: (len(office), office))
            for _, ids in held:
                sides[fullest].update(ids)
        yield conflict(briefing, f"which office {name} holds", "scope", sides)


@lru_cache(maxsize=10_000)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


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


@lru_cache(maxsize=10_000)
def _received(text: str) -> tuple[tuple[str, str | None, str], ...]:
    """What was received, who gave it and who got it."""
    found = []
    for pattern in (_GIVEN, _GOT):
        for match in pattern.finditer(text):
            who = match["who"].strip()
            if _WORDS.receivers.search(who) or (pattern is _GIVEN and re.search(NAME_WORD, who)):
                giver = _giver(text, match) if pattern is _GIVEN else None
                found.append((_family(match["paper"]), giver, who))
    return tuple(found)


@lru_cache(maxsize=10_000)
def tells_of_people(text: str, _heading: bool) -> bool:
    """Whether a text names an office, or tells who received what, or keeps that to itself."""
    return bool(re.search(_HEAD, text) or _WITHHELD.search(text) or _received(text))


def receivers(briefing: str, excerpts: Sequence[Excerpt]) -> Iterator[Conflict]:
    """Who received what an authority is said to give without naming anybody, where other documents name them."""
    sides: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    received = [(excerpt, grant) for excerpt in excerpts for grant in _received(excerpt.text)]
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
