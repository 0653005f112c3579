"""The briefing of the invented talks, with what a renderer must beware of.

Signs of markup in what sources say, a fact that two of them prove, an address that is none, a page without a title.
"""

from msgspec.structs import replace

from api.http.openapi.story import DEADLINE, EVENT, STATEMENT, WHOLE
from schemas import unresolved

_FIRST, _SECOND = WHOLE.sources
BRIEFING = replace(
    WHOLE,
    title="New Zealand–Chile talks <Wellington>",
    deadlines=[
        replace(
            DEADLINE,
            date=WHOLE.negotiation.start,
            evidence=[*DEADLINE.evidence, *WHOLE.figures[1].evidence],
            origins=2,
        )
    ],
    statements=[
        replace(
            STATEMENT,
            evidence=[replace(STATEMENT.evidence[0], exact='"We are *now*," Ana Example said on Friday.')],
        )
    ],
    events=[replace(EVENT, date=unresolved("soon"))],
    sources=[
        replace(_FIRST, title="New Zealand & Chile <reopen> talks"),
        replace(_SECOND, title=None, publisher=None, published=None, url="javascript:alert(1)"),
    ],
)
