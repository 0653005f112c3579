"""Facts that editors add by hand: proven as a proposal of an extractor is, and merged with what was read."""

from collections.abc import Callable

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.briefings.reviews import Held
from pipeline.documents.document import Document
from pipeline.extraction.by_hand import NotProven, proposal_of, proven_by_hand
from schemas import AddFact, Briefing, Fact, FieldError, own_documents
from schemas.kinds import BY_NAME
from store.engine import connect
from store.rebuild import briefing_of
from store.reviews import review_record
from store.sources import contents_of
from worker import Unfit
from worker.checking import checked_apart
from worker.rebuild import ROUND_RULES, RoundRules
from worker.reviews import Editor, Made, carry_out


class AdditionErrand(Struct, frozen=True):
    """What the process is told that proves a fact; `parties`: between whom the talks are."""

    database_url: str
    asked: AddFact
    parties: list[str]


class CheckedAddition(Struct, frozen=True):
    """The fact as JSON where it is proven, or else why it is not."""

    fact: Raw
    faults: list[FieldError]


def checked_addition(engine: Engine, errand: AdditionErrand) -> CheckedAddition:
    """What a document proves of a fact, found in this process."""
    asked = errand.asked
    kind, evidence = BY_NAME[asked.kind], asked.evidence
    [(text, layout)] = contents_of(engine, [evidence.document_id])
    document = msgspec.structs.replace(msgspec.json.decode(layout, type=Document), text=text)
    try:
        proposal = proposal_of(kind, asked.fields, evidence.quote)
        fact = proven_by_hand(document, kind, proposal, errand.parties)
    except NotProven as error:
        faults = [FieldError(pointer=pointer, detail=why) for pointer, why in error.faults]
        return CheckedAddition(Raw(b"null"), faults)
    return CheckedAddition(Raw(msgspec.json.encode(fact)), [])


def addition_apart(errand: AdditionErrand) -> CheckedAddition:
    """The same, found in a process of its own. Raises NotChecked."""
    return msgspec.json.decode(checked_apart(f"{__name__}:run_addition_check", errand), type=CheckedAddition)


def run_addition_check(request: bytes) -> CheckedAddition:
    """What the process does that proves a fact."""
    errand = msgspec.json.decode(request, type=AdditionErrand)
    return checked_addition(connect(errand.database_url), errand)


def add_fact(
    engine: Engine,
    database_url: str,
    briefing_id: str,
    asked: AddFact,
    *,
    by: str,
    check: Callable[[AdditionErrand], CheckedAddition] = addition_apart,
    rules: RoundRules = ROUND_RULES,
) -> bytes | None:
    """The record of the decision as JSON; None where there is no such briefing.

    Raises Unfit where the document is not of the briefing or does not prove the fact, and what `check` raises.
    """
    with Session(engine) as session:
        briefing = _briefing(session, briefing_id, asked)
    if briefing is None:
        return None
    checked = check(AdditionErrand(database_url, asked, briefing.negotiation.parties))
    if checked.faults:
        raise Unfit(checked.faults)
    fact: Fact = msgspec.json.decode(checked.fact, type=BY_NAME[asked.kind].fact)
    editor = Editor.now(by, asked.reason)

    def make(session: Session) -> Made | None:
        briefing = _briefing(session, briefing_id, asked)
        if briefing is None:
            return None
        review = editor.decides(briefing, fact_id=fact.id, kind=asked.kind, verdict="added")
        places = frozenset((e.document_id, e.start, e.end) for e in fact.evidence)
        return Made(Held(review, fact, places, frozenset()), fact, fact.evidence)

    if not carry_out(engine, rules, make):
        return None
    with Session(engine) as session:
        return review_record(session, editor.id, briefing_id)


def _briefing(session: Session, id: str, asked: AddFact) -> Briefing | None:
    """The briefing that a fact is to be added to. Raises Unfit where it cannot be."""
    briefing = briefing_of(session, id)
    if briefing is None or briefing.status == "withdrawn":
        return None
    if asked.kind not in BY_NAME:
        raise Unfit([FieldError(pointer="/kind", detail=f"The kinds of fact are {', '.join(BY_NAME)}.")])
    if asked.evidence.document_id not in own_documents(briefing):
        detail = "The briefing is not about this document."
        raise Unfit([FieldError(pointer="/evidence/document_id", detail=detail)])
    return briefing
