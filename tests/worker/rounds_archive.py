"""Invented documents about two rounds of one negotiation, and a database that they can be brought into."""

from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Engine, select
from sqlmodel import col

from pipeline.documents.document import Document, source_of
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import Briefing, DocumentInfo, DocumentReadout
from store.briefings import get_revision
from store.documents import add_document, get_readout, save_readout
from store.tables import BriefingRow
from worker.rebuild import rebuild

OSLO = """Chile and Norway open trade talks in Oslo

Chile and Norway opened trade talks in Oslo on 3 March 2031. The Norwegian delegation is led by Trade Minister Kari Moen. \
Chile's Trade Minister Rosa Vidal heads the Chilean team.

Norway wants lower tariffs on salmon. Chile's salmon tariff stands at 6%. The tariff pause for Norwegian salmon expires in August 2031 unless a deal is reached.
"""
REWRITE = """Talks on salmon begin in Norway's capital

Chile and Norway opened trade talks in Oslo on 3 March 2031. Norway's delegation is led by Trade Minister Kari Moen.

Norway wants lower tariffs on salmon. Chile's salmon tariff stands at 6%. The tariff pause for Norwegian salmon expires in August 2031 unless a deal is reached.
"""
OTHER_VIEW = """Salmon pause nears its end

Officials from Chile and Norway are meeting in Oslo this week for trade talks. Finance Minister Per Dahl leads the Norwegian delegation.

The pause of Chile's salmon tariff expires in August 2031 unless Santiago opts for an extension. Chilean fruit exports to Norway rose 4% in January.
"""
CORRECTED = OTHER_VIEW.replace("rose 4% in January", "rose 5% in January")
UNDATED = """Chile and Norway in trade talks

Chile and Norway are in trade talks. Chile is demanding better access for its fruit.
"""
SANTIAGO = """Chile and Norway to meet again in Santiago

Chile and Norway will resume trade talks in Santiago on 12 May 2031. In Oslo, both sides agreed on a list of 40 products, with tariffs cut to 2%. Rosa Vidal, Chile's Trade Minister, will host the talks.
"""
FRUIT = """Fruit growers watch Santiago

Trade talks between Chile and Norway take place in Santiago on 12 May 2031. Norway's fruit tariff stands at 9%.
"""
ELSEWHERE = """Kenya and Japan start trade talks in Nairobi

Kenya and Japan will begin negotiations on a free trade agreement in Nairobi on 4 March 2031. Kenya's tea tariff stands at 3%.
"""
ADDRESS = "https://times.example/salmon"


def documents() -> dict[str, Document]:
    texts = {
        "oslo": OSLO,
        "rewrite": REWRITE,
        "undated": UNDATED,
        "santiago": SANTIAGO,
        "fruit": FRUIT,
        "elsewhere": ELSEWHERE,
    }
    found = {
        name: read(text.encode(), published="2031-03-04") for name, text in texts.items() if name != "undated"
    }
    found["undated"] = read(UNDATED.encode())
    found["santiago"] = read(SANTIAGO.encode(), published="2031-04-20")
    found["fruit"] = read(FRUIT.encode(), published="2031-05-10")
    found["other view"] = read(OTHER_VIEW.encode(), published="2031-03-04", url=ADDRESS)
    found["corrected"] = read(CORRECTED.encode(), published="2031-03-04", url=ADDRESS)
    return found


_READOUTS: dict[str, DocumentReadout] = {}


def read_once(document: Document) -> DocumentReadout:
    """What is read out of a document, which takes longer than all that these tests are about."""
    if document.id not in _READOUTS:
        _READOUTS[document.id] = readout(document)
    return _READOUTS[document.id]


def bring(engine: Engine, document: Document) -> list[str]:
    """Add a document and have it read and merged, as a worker does; the briefings that hold it."""
    store(engine, document)
    return rebuild(engine, document.id)


def store(engine: Engine, document: Document) -> None:
    """Add a document, and what is read out of it."""
    info = DocumentInfo(
        id=document.id,
        file=None,
        chars=len(document.text),
        status="waiting",
        refusal=None,
        stated=None,
        detected=None,
        copy_of=None,
        source=source_of(document),
        added_at=datetime.now(UTC),
        withdrawn_at=None,
        replaced_by=None,
    )
    add_document(engine, info, document.text, msgspec.json.encode(replace(document, text="")))
    if get_readout(engine, document.id) is None:
        save_readout(engine, document.id, read_once(document))


def current(engine: Engine) -> list[Briefing]:
    """Every briefing as it stands, withdrawn ones among them, by id."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(col(BriefingRow.id), col(BriefingRow.revision)).order_by(col(BriefingRow.id))
        ).all()
    return [revision(engine, id, number) for id, number in rows]


def revision(engine: Engine, id: str, number: int) -> Briefing:
    record = get_revision(engine, id, number)
    assert record is not None
    return msgspec.json.decode(record.body, type=Briefing)
