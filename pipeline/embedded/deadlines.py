"""What falls due, and what happened or is to happen: dates with their verb."""

import re

from pipeline.cues import tense_of
from pipeline.datewords import Context, find_dates, resolve
from pipeline.document import Document
from pipeline.embedded.passages import Sentence, quoted
from pipeline.proposals import DeadlineProposal, EventProposal

_KINDS: tuple[tuple[str, str], ...] = (
    ("measure_expiry", r"\b(?:expir\w+|lapse\w*|run out|runs out|(?:set|slated|due|scheduled) to end|ends?\b|sunset|pause|reprieve|suspension|truce (?:ends|expires))"),
    ("data_release", r"\b(?:data|figures|statistics|report)\b.{0,40}\b(?:expected|due|released?|published?)\b"),
    ("ratification", r"\b(?:ratif\w+|approv\w+ by (?:parliament|congress|the senate))"),
    ("signing", r"\bsign(?:ed|ing|ature)?\b"),
    ("entry_into_force", r"\b(?:enter(?:s|ed)? into force|take(?:s)? effect|effective|come(?:s)? into (?:force|effect)|apply|implement\w*|phase[sd]? in)\b"),
    ("ultimatum", r"\b(?:ultimatum|or face|otherwise face)\b"),
    ("meeting", r"\b(?:meet(?:ing|s)?|talks|round|summit|negotiations? (?:resume|begin|start)|reconvene|resume|launch|visit|convene|session|dialogue)\b"),
    ("review", r"\breview\w*\b"),
    ("target", r"\b(?:aim\w*|target\w*|goal|hope\w*|conclud\w+|finali[sz]\w+|complete\w*|eliminat\w+|by|through|commit\w*|expected|negotiat\w+)\b"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_DUE = re.compile(
    r"\b(?:expir\w+|lapse\w*|(?:set|slated|due|scheduled|expected|poised|planned|likely) (?:to|on|for|by|in|from)|scheduled|deadline|by the end|no later than|until|till|through|before|will|would|effective|enters? into force|takes? effect"
    r"|aim(?:s|ing|ed)?|target\w*|goal|intends?|plans?|hopes?|commit\w*|must|shall|to be (?:signed|held|launched|concluded)|runs? out|ultimatum|starting|as of|on track)\b",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:by|until|till|through|before|no later than|effective(?: as of| from| on)?|starting|beginning|as of|due|deadline (?:of|is|on)|within|expires?(?: in| on)?|expected (?:on|in|by)?)\s+(?:the\s+|early\s+)?$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:expir\w+|conclud\w+|sign(?:ed|ing)?|finali[sz]\w+|launch\w*|meet\w*|enter(?:s)? into force|take(?:s)? effect|ratif\w+|complet\w+|resum\w+|begin|start|hold|held|reconvene|end|eliminat\w+|negotiations|talks|round|summit|deadline|deal|agreement)\b",
    re.IGNORECASE,
)
_PERIOD_OF_FIGURE = re.compile(
    r"\b(?:rose|fell|grew|dropped|exports|imports|in|during|for|of|totall?ed|was|were)\b[^.]{0,20}$",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?P<text>(?:unless|provided(?: that)?|subject to|pending|as long as|if|should)\b[^.;]{4,140})",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"\b(?:reinstat\w+|revert\w*|snap back|otherwise|without (?:a|an) (?:\w+ )?(?:deal|agreement)|fail(?:s|ure|ing)?|higher (?:duties|tariffs|rates)|impose\w*|resume\w* (?:tariffs|duties)|lapse\w*)\b",
    re.IGNORECASE,
)
_TAKES_PLACE = re.compile(
    r"\b(?:talks|call|conversation|meeting|met|summit|agreed|agreement|announced|signed|launched|approved|granted|imposed|suspended|struck|visit|visited|hosted|said|round|declared|confirmed|began|concluded|held)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\bin (?P<city>[A-Z][\w’.-]+(?: [A-Z][\w’.-]+)?)")


def _kind(text: str) -> str:
    return next((kind for kind, pattern in _COMPILED if pattern.search(text)), "other")


def _conditions(text: str) -> list[tuple[str, str]]:
    found = _CONDITION.search(text)
    if found is None:
        return []
    words = found["text"].strip(" ,")
    if re.search(r"\bexten(?:d|sion)", words):
        return [("unless_extended", words)]
    return [("unless_deal" if re.search(r"\b(?:deal|agreement|agreed|accord)\b", words) else "other", words)]


def _clause_before(text: str, date_start: int) -> str:
    """The words that govern a date: from the last break before it."""
    return re.split(
        r"[;:]|, (?:which|while|after|following|when)\b|\bthat (?:expired|ended)\b", text[:date_start]
    )[-1]


def _due(text: str, start: int, end: int, words: str, context: Context) -> bool:
    """Whether a date is one that something falls due on, rather than when something was or a figure's period."""
    clause = _clause_before(text, start)
    cue = bool(_BY.search(clause)) or bool(_DUE.search(clause))
    if not cue:
        after = text[end : end + 60]
        cue = bool(re.match(r"\s*(?:deadline|expiry|target)\b", after))
    if (
        not cue
        or re.match(r"(?:last|yesterday|the past)", words, re.IGNORECASE)
        or re.match(r"[’']s", text[end : end + 2])
    ):
        return False
    if re.search(
        r"\b(?:had|was|were|have|has) (?:\w+ )?(?:been )?(?:\w+ed|met|held|begun)\b[^,]{0,50}$", clause
    ) and not _BY.search(clause):
        return False
    if re.fullmatch(r"(?:19|20|21)\d\d", words) and not _BY.search(clause):
        return bool(re.search(r"\b(?:early|mid|late)\b", words)) or bool(
            _STRONG.search(clause[-80:]) and _DUE.search(clause[-80:])
        )
    date = resolve(words, context)
    anchor = context.anchor.isoformat() if context.anchor else None
    return not (anchor and date.latest and date.latest < anchor)


def find_deadlines(document: Document, sentences: list[Sentence], context: Context) -> list[DeadlineProposal]:
    proposals = []
    for i, sentence in enumerate(sentences):
        text = sentence.text
        for words in find_dates(text):
            if not _due(text, words.start, words.end, words.text, context):
                continue
            quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
            date_words, _ = quoted(
                document, sentence.passage, sentence.start + words.start, sentence.start + words.end
            )
            following = sentences[i + 1] if i + 1 < len(sentences) else None
            kind = _kind(text)
            consequence = None
            if kind == "measure_expiry" and following and following.passage is sentence.passage:
                consequence = following.text if _CONSEQUENCE.search(following.text) else None
            proposals.append(
                DeadlineProposal(
                    quote=quote,
                    at=at,
                    what=text,
                    date_words=date_words,
                    kind=kind,
                    conditions=_conditions(text),
                    consequence=consequence,
                )
            )
    return proposals


def find_events(document: Document, sentences: list[Sentence]) -> list[EventProposal]:
    """Dated happenings, past and to come."""
    proposals = []
    for sentence in sentences:
        text = sentence.text
        words = next(find_dates(text), None)
        if words is None or not _TAKES_PLACE.search(text):
            continue
        quote, at = quoted(document, sentence.passage, sentence.start, sentence.end)
        date_words, _ = quoted(
            document, sentence.passage, sentence.start + words.start, sentence.start + words.end
        )
        place = _PLACE.search(text)
        ahead = tense_of(text) == "future"
        proposals.append(
            EventProposal(
                quote=quote,
                at=at,
                what=text,
                date_words=date_words,
                status="scheduled" if ahead else "occurred",
                place=place["city"] if place else None,
            )
        )
    return proposals
