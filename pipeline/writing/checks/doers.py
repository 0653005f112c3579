"""Who does what in a sentence, whether it is denied, and how settled it is: as one of the facts has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from pipeline.briefings.goods import in_common
from pipeline.language.lexicons import lexicon
from pipeline.language.parties import mentions
from pipeline.writing.checks.grounds import Ground, Written, names_of_sides
from pipeline.writing.claims import EVERYBODY, SO, TO_COME, Claim, opposites, words_of
from schemas import Delegate, Figure, Stake, Statement
from schemas.vocabulary import Party

_WORDING = lexicon.wording


_SPEAKING = {"say", "ask", "give", "threaten"}
"""Acts that tell what somebody says, be it never so firm."""


def check_doers(sentence: Written) -> Iterator[str]:
    """Who does what, what is denied, how firm it is: as one of the facts has it."""
    claims = [(g, c) for g in sentence.grounds for c in g.claims]
    agents = frozenset(chain.from_iterable(c.who for _, c in claims)) | _typed(sentence)
    negations = any(c.denied for _, c in claims) or _negative(" ".join(g.text for g in sentence.grounds))
    for claim in sentence.told.claims:
        alike = [(g, c, _sense(claim, c)) for g, c in claims]
        alike = [(g, c, sense) for g, c, sense in alike if sense and _one_matter(claim, c)]
        alike = [one for one in alike if one[1].word == claim.word] or alike
        if not alike:
            if claim.denied and not negations:
                yield f"“{claim.text}” is denied by no fact that it cites"
            if (
                claim.who
                and EVERYBODY not in claim.who
                and agents
                and EVERYBODY not in agents
                and not claim.who
                & (agents | frozenset(chain.from_iterable(g.parties for g in sentence.grounds)))
            ):
                yield f"{names_of_sides(claim.who)} does nothing in the facts that it cites"
            continue
        agree = [
            (g, c) for g, c, sense in alike if (c.denied == claim.denied) == (sense > 0) or _not_yet(claim, c)
        ]
        texts = {g.text for g, _, _ in alike}
        faint = _FAINT.search(sentence.text) or any(map(_FAINT.search, texts))
        limits = _LIMIT.search(sentence.text) and any(map(_LIMIT.search, texts))
        loose = claim.text.endswith("ing") and claim.tense is None and " short of " not in sentence.text
        told_apart = _WORDING.disputes.search(sentence.text) and claim.acts & {"agree", "say", "give"}
        if (
            loose
            or told_apart
            or faint
            or limits
            or claim.conditional
            or any(c.conditional for _, c, _ in alike)
        ):
            agree = [(g, c) for g, c, _ in alike]
        unmet = claim.tense == "past" and not claim.denied and claim.acts & _DONE
        if unmet and all(c.firmness is None and _WORDING.unmet.search(g.text) for g, c in agree):
            agree = []
        agree = agree or [(g, c) for g, c, _ in alike if "say" in claim.acts]
        if not agree:
            yield f"“{claim.text}” is told the other way round in the facts that it cites"
            continue
        sides = [_holders(g, c) or (c.who and c.who | _sides_of(c.names, sentence)) for g, c in agree]
        if claim.acts & {"buy", "sell"}:
            sides = []  # who sells to whom is told either way
        if claim.acts & _TOGETHER and all(one <= {m.code for m in mentions(sentence.text)} for one in sides):
            sides = []
        if "lead" in claim.acts and any(isinstance(g.fact, Delegate) for g in sentence.grounds):
            sides = []
        if (
            sides
            and claim.who
            and EVERYBODY not in claim.who
            and all(one and not _overlap(one, claim.who) for one in sides)
        ):
            yield f"it is {names_of_sides(sides[0])} of whom “{claim.text}” is told, not {names_of_sides(claim.who)}"
        doers = [c.names for _, c in agree] if "say" not in claim.acts else []
        if doers and claim.names and all(one and not one & claim.names for one in doers):
            yield f"it is not {' '.join(sorted(claim.names)).title()} of whom “{claim.text}” is told"
        firm_act = (
            not _WORDING.disputes.search(sentence.text)
            and (claim.acts or not claim.aside)
            and (claim.tense or claim.firmness == TO_COME)
            and not _WORDING.open.fullmatch(claim.text)
        )
        if (
            claim.firmness is not None
            and firm_act
            and not claim.denied
            and not claim.said
            and not claim.acts & _SPEAKING
        ):
            firm = [c.firmness for _, c in agree]
            mine = max(claim.firmness, TO_COME) if claim.tense == "present" else claim.firmness
            if all(one is not None and one > mine for one in firm):
                yield f"“{claim.text}” is told as settled, and is not in the facts that it cites"


_FAINT = re.compile(r"\b(?:hardly|scarcely|barely|little|few|too \w+ to)\b", re.IGNORECASE)
"""Words that are no "not", and nearly one."""


_LIMIT = re.compile(r"\b(?:more|less|fewer|later|higher|lower)\b(?:[^.;]{0,60}\bthan\b)?", re.IGNORECASE)
"""With one of these a "not" sets a limit: "accept no more than 5%", "not settle for more"."""


_TOGETHER = {"agree", "sign", "meet", "say"}
"""Acts that one side does with another."""


_DONE = {"sign", "agree", "ratify", "extend"}


def _not_yet(mine: Claim, other: Claim) -> bool:
    """Whether what has not been done is what a fact has still to be done."""
    done = mine.tense == "past" and mine.firmness == SO
    return mine.denied and done and not other.denied and other.firmness not in {SO, None}


def _overlap(one: frozenset[Party], other: frozenset[Party]) -> bool:
    return EVERYBODY in one or bool(one & other)


def _sides_of(names: frozenset[str], sentence: Written) -> frozenset[Party]:
    """Whose the people are that have these words in their names."""
    return frozenset(one.party for one in sentence.roster if one.party and words_of(one.name) & names)


def _holders(ground: Ground, claim: Claim) -> frozenset[Party]:
    """Whose position a stake tells, and whom somebody leads."""
    if isinstance(ground.fact, Delegate) and "lead" in claim.acts:
        return frozenset({ground.fact.party})
    if not isinstance(ground.fact, Stake) or not {"ask", "give"} & claim.acts:
        return frozenset()
    return frozenset(p.party for p in ground.fact.positions)


def _typed(sentence: Written) -> frozenset[Party]:
    found: set[Party] = set()
    for ground in sentence.grounds:
        match ground.fact:
            case Stake(positions=positions):
                found.update(one.party for one in positions)
            case Figure(imposed_by=str(by)):
                found.add(by)
            case Delegate(party=party):
                found.add(party)
            case Statement(party=str(party)):
                found.add(party)
    return frozenset(found)


def _sense(mine: Claim, other: Claim) -> int:
    """1 where two claims are of one act, -1 where one is the opposite of the other, 0 else."""
    own, theirs = mine.acts, other.acts
    if other.firmness is None and mine.word != other.word and not own & theirs:
        return 0
    if mine.word == other.word or own & theirs:
        return 1
    return -1 if own and opposites(own) & theirs else 0


def _one_matter(mine: Claim, other: Claim) -> bool:
    return not mine.goods or not other.goods or in_common(mine.goods, other.goods)


def _negative(text: str) -> bool:
    return (
        lexicon.modality.not_before.search(text) is not None
        or lexicon.modality.unheld.search(text) is not None
    )


def check_positions(sentence: Written) -> Iterator[str]:
    """Who asks for something does not offer it."""
    held = {(p.party, kind) for g in sentence.grounds if isinstance(g.fact, Stake) for p in g.fact.positions
            for kind, words in (("ask", p.ask), ("give", p.offer)) if words}  # fmt: skip
    done = {
        (party, act)
        for g in sentence.grounds
        for c in g.claims
        for party in c.who
        for act in c.acts & {"ask", "give"}
    }
    for claim in sentence.told.claims:
        for act, other in (("ask", "give"), ("give", "ask")):
            for party in claim.who if act in claim.acts and other not in claim.acts else ():
                if (party, other) in held and not {(party, act), (EVERYBODY, act)} & (held | done):
                    yield f"{names_of_sides([party])} does not “{claim.text}” it in the facts that it cites"


_POINTING = re.compile(
    r"\b(?:both|these|those)\b(?! (?:sides|governments|countries|parties|ministers|teams))", re.IGNORECASE
)
"""Words for what was told in another sentence."""


def check_splices(sentence: Written) -> Iterator[str]:
    """What is done, and to what, stands in one fact."""
    if len(sentence.grounds) < 2:
        return
    for claim in sentence.told.claims:
        things = claim.things - NEUTRAL_WORDS
        doing = [g for g in sentence.grounds if any(_sense(claim, c) > 0 for c in g.claims)]
        if not doing or claim.firmness is None:
            continue
        own = [g for g in doing if things & g.words]
        mine = claim.subjects - (_MEASURE_WORDS if claim.acts & {"raise", "cut"} else NEUTRAL_WORDS)
        theirs = [c.subjects for g in doing for c in g.claims if _sense(claim, c) > 0 and c.subjects]
        apart = theirs and all(not one & mine for one in theirs) and not any(mine & g.words for g in doing)
        if mine and apart and any(mine & g.words for g in sentence.grounds if g not in doing):
            yield f"“{claim.text}” is told of something else in the facts that it cites"
            continue
        pointing = any(_POINTING.search(g.text) for g in doing)
        if things and not own and not pointing and any(things & g.words for g in sentence.grounds):
            yield f"“{claim.text}” is told of something else in the facts that it cites"


_MEASURE_WORDS = words_of("tariff tariffs duty duties levy rate rates charge charges")


NEUTRAL_WORDS = words_of(
    "deal agreement talks negotiations round trade tariff tariffs duty duties levy quota side sides deadline "
    "measure measures pact accord text rate meeting"
)
