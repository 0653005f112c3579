"""Which part of the page a paragraph belongs to. Boilerplate is marked, never deleted."""

import re

from pipeline.document import Block, Span
from pipeline.paragraphs import BULLET, paragraphs

_SENTENCE_END = re.compile(r"[.!?:;,…][\"'”’)\]]*$")
_CAPTION = re.compile(
    r"\((?:photo|image|picture|file|ap|afp|reuters|getty|epa|xinhua|anadolu|x|file photo)\b[^()]*\)\s*$"
    r"|\[(?:photo|image|file|ap|afp|reuters|getty|epa|xinhua)\b[^\[\]]*\]\s*$"
    r"|^(?:photo|image|picture|caption|file photo|photograph)\s*(?:credit|caption|source)?\s*[:/]"
    r"|\b(?:via getty images|getty images|/ap photo|afp/|/reuters|courtesy photo)\b"
    r"|^(?:photo|image) (?:by|credit|courtesy)\b",
    re.IGNORECASE,
)
_PROMO = re.compile(
    r"^\W*(?:also (?:see|read)|see also|read (?:more|also|next|our)|more (?:on|from|news|stories|about)\b"
    r"|related(?: (?:news|stories|articles|content|coverage|reading))?\s*[:|]|recommended|don[’']t miss|watch(?: live| now)?\s*:"
    r"|listen\s*:|you might also like|trending|most (?:read|popular)|subscribe|sign up|get the (?:daily|latest|free)"
    r"|join (?:our|us)|follow (?:us|our)|download (?:the|our)|advertisement|sponsored|editor[’']s (?:picks?|choice))",
    re.IGNORECASE,
)
_MARKET = re.compile(r"\b(?:ETF|ETFs|Nasdaq|NYSE|S&P 500|Dow Jones|stocks?|shares)\b.*\((?:[A-Z]+:\s?)?[A-Z]{2,5}\)|"
                     r"\((?:[A-Z]+:\s?)?[A-Z]{2,5}\).*\b(?:ETF|ETFs|shares|stock)\b", re.DOTALL)  # fmt: skip
_TAIL = re.compile(
    r"^\W*(?:tagged\s*:|tags\s*:|filed under|leave a (?:comment|reply)|post a comment|comments?\s*(?:\(\d+\))?$|share this"
    r"|you (?:might|may) also (?:like|enjoy)|related (?:posts|articles|stories|news)\s*$|previous (?:article|post)|next (?:article|post)"
    r"|about (?:us|the author)\b|all rights reserved|please follow|for updates and corrections|image disclaimer|©)",
    re.IGNORECASE,
)
_CHROME = re.compile(
    r"\b(?:privacy policy|terms (?:of (?:use|service)|& conditions)|cookie|cookies|all rights reserved|sign in|log ?in|your email"
    r"|required fields|newsletter|unsubscribe|scroll to top|click here|©|copyright \d{4}|news ?letters|editorial (?:guidelines|policy)"
    r"|this (?:site|website) uses|enjoy this blog|share (?:this|on)|lost your password|editor email)\b",
    re.IGNORECASE,
)
_BIO = re.compile(
    r"\b(?:outside (?:of )?(?:the newsroom|work)|aficionado|(?:is|was) an? (?:[\w-]+ ){0,5}(?:reporter|journalist|correspondent|editor|writer|columnist)\b"
    r"|has been covering|covers (?:the )?[\w ]{3,40} (?:for|at)\b|(?:her|his|their) work has appeared|homemade|follow (?:him|her) on|scoring exclusive"
    r"|reach (?:him|her|them) at|faster than you can)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\W*(?:by\s?[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,3}\b.{0,60}$"
    r"|(?i:(?:last )?updated|published|posted|released)\b.{0,60}$"
    r"|(?i:reporting by|editing by|written by|profile image)\b"
    r"|(?:By)?[A-Z][\w.’'-]+ [A-Z][\w.’'-]+\s?[·|]\s?\w+)"
)


def _words(text: str) -> int:
    return len(text.split())


def _prose(text: str) -> bool:
    """A paragraph of running text, rather than a label, a menu entry or a heading."""
    return _words(text) >= 8 and bool(_SENTENCE_END.search(text.rstrip("*_ ")))


def _region(text: str, wrapped_body: bool) -> str | None:
    """The region that the words of a paragraph alone betray."""
    if _CAPTION.search(text):
        return "caption"
    if _PROMO.search(text) or _MARKET.search(text):
        return "promo"
    if _BYLINE.search(text):
        return "byline"
    if _words(text) < 40 and _CHROME.search(text):
        return "boilerplate"
    if wrapped_body or _prose(text) or _words(text) >= (5 if BULLET.match(text) else 15):
        return None
    return "boilerplate" if _words(text) <= 3 else "headline"


def _assign(texts: list[str], structured: bool) -> list[str]:
    """A region for each paragraph, from its own words and from what stands around it."""
    regions = [_region(text, structured and _words(text) > 3) or "body" for text in texts]
    prose = [i for i, region in enumerate(regions) if region == "body" and _prose(texts[i])]
    if not prose:
        return regions
    tail = _tail(texts, prose)
    for i in range(tail, len(texts)):
        regions[i] = "promo" if regions[i] == "promo" else "boilerplate"
    for i in prose[-3:]:
        if i < tail and _BIO.search(texts[i]) and i > prose[0]:
            regions[i] = "byline"
    heads = [i for i in range(prose[0]) if regions[i] == "headline"]
    if len(heads) > 2:
        for i in heads[:-1]:
            regions[i] = "boilerplate"
    if heads and _is_deck(texts, regions, heads[-1], prose):
        regions[prose[0]] = "deck"
    return regions


def _tail(texts: list[str], prose: list[int]) -> int:
    """Where the page's furniture begins: the first marker that has most of the prose before it."""
    total = sum(_words(texts[i]) for i in prose)
    for i in range(prose[0] + 1, len(texts)):
        before = sum(_words(texts[j]) for j in prose if j < i)
        if before >= total / 2 and _words(texts[i]) < 60 and _TAIL.search(texts[i]):
            return i
    return len(texts)


def _is_deck(texts: list[str], regions: list[str], head: int, prose: list[int]) -> bool:
    """The first prose under the headline is a deck where a byline, a caption or furniture parts it from the story."""
    first = prose[0]
    between = regions[first + 1 : prose[1]] if len(prose) > 1 else []
    return (
        first == head + 1 and _words(texts[first]) <= 45 and any(r in {"caption", "byline"} for r in between)
    )


def blocks_of(text: str, start: int = 0) -> list[Block]:
    """Blocks that cover the text without gaps; what stands before `start` is metadata."""
    spans = paragraphs(text, start)
    texts = [text[span.start : span.end] for span in spans]
    structured = start > 0
    blocks: list[Block] = []
    if start:
        blocks.append(Block(0, start, "boilerplate"))
    edge = start
    for i, region in enumerate(_assign(texts, structured)):
        end = spans[i + 1].start if i + 1 < len(spans) else len(text)
        blocks.append(Block(edge, end, region))
        edge = end
    return blocks or [Block(0, len(text), "boilerplate")]


def title_of(text: str, blocks: list[Block]) -> str | None:
    """The fullest heading above the first paragraph of the body, menu entries aside."""
    body = next((i for i, block in enumerate(blocks) if block.region in {"body", "deck"}), 0)
    above = (
        " ".join(text[block.start : block.end].split()) for block in blocks[:body] if block.region != "byline"
    )
    headings = [
        words
        for words in above
        if 4 <= _words(words) <= 30 and not _CHROME.search(words) and not _CAPTION.search(words)
    ]
    return max(reversed(headings), key=_words, default=None)


def body_paragraphs(text: str, blocks: list[Block]) -> list[Span]:
    """The paragraphs that evidence may come from."""
    spans = []
    for block in blocks:
        if block.region == "body":
            content = text[block.start : block.end]
            spans.append(
                Span(block.start + len(content) - len(content.lstrip()), block.start + len(content.rstrip()))
            )
    return [span for span in spans if span.end > span.start]
