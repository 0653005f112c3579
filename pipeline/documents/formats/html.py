"""HTML: the story of a page and its metadata, without menus, notices, teasers and footers. Nothing is fetched."""

import codecs
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS, Composer, Content, key_words, visible
from pipeline.documents.formats.text import decode_text

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_UNSEEN = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "svg",
    "canvas",
    "object",
    "embed",
    "audio",
    "video",
}
_STORY = {"html", "head", "body", "main", "article"}
_FURNITURE = {"nav", "aside", "footer", "form", "button", "select", "dialog"}
_ROLES = {"navigation", "banner", "contentinfo", "complementary", "dialog", "alertdialog", "search", "menu"}
_FURNISHING = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|newsletter|subscri(?:be|ption)|share|sharing|social|related|teasers?|promos?"
    r"|breadcrumbs?|adverts?|advertisement|ads?|sidebar|recommend(?:ed|ations)?|trending|most-(?:read|popular)"
    r"|popup|modal|paywall|skip-link|site-(?:header|footer)|menu|navbar|banner)(?:$|[\s_-])",
    re.IGNORECASE,
)
_REPLIES = re.compile(r"(?:^|\s)(?:comments?|replies|disqus_thread)(?:$|[\s_-])", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ARTICLES = {
    "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "backgroundnewsarticle", "blogposting",
    "report", "pressrelease", "liveblogposting", "opinionnewsarticle", "socialmediaposting", "scholarlyarticle",
}  # fmt: skip
_PAGES = {"webpage", "itempage", "governmentpage"}
_TOLD = ("datePublished", "dateModified", "dateCreated", "headline", "url", "inLanguage")
_ABOUT = re.compile(
    r"byline|author|\bdate|date\b|published|updated|modified|dateline|timestamp|\btime\b|post-?meta",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20|21)\d\d\b")
_LONGEST_LINE = 120
"""Characters of a line that tells who wrote a story, and when."""
_NEAR = 6
"""So many lines may stand between a headline and its story, or above and below the two."""
_LINES = (
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "div",
    "span",
    "time",
    "li",
    "dt",
    "td",
    "th",
    "address",
    "em",
    "b",
    "a",
)
_SAME = 40
"""Characters by which a paragraph is known again."""


def parse(data: bytes) -> Content:
    """Raises Unreadable."""
    return parse_markup(_decoded(data))


def preload() -> None:
    """Loads what is otherwise loaded with the first short page: lists of words of a hundred languages."""
    parse_markup("<p>Talks.</p>")


def parse_markup(markup: str) -> Content:
    """The story of a page that has been decoded. Raises Unreadable."""
    page = _tree(markup)
    fields = _fields(page)
    _prune(page)
    named = next((_words(one) for one in page.iter("title")), "")
    heading = _heading(page, fields.get("title") or named)
    if title := fields.get("title") or heading or named:
        fields["title"] = title
    story = list(_story(page))
    if not story:
        raise Unreadable("it has no text outside of menus and notices: there is nothing to read")
    composer = Composer()
    if heading:
        composer.add(heading, "headline")
    above, below = _about(page, heading, story)
    for line in above:
        composer.add(line, "byline")
    for words, region in story:
        if not (heading and _same(words, heading)):
            composer.add(words, region)
    for line in below:
        composer.add(line, "byline")
    return composer.content(fields)


def _decoded(data: bytes) -> str:
    named = _CHARSET.search(data, 0, 4096)
    if named and not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        name = named[1].decode("ascii", "replace").lower()
        try:
            name = codecs.lookup(
                "cp1252" if name in ("iso-8859-1", "latin1", "ascii", "us-ascii") else name
            ).name
            if not name.startswith(("utf-16", "utf-32", "utf-7")):
                return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode_text(data)


def _tree(markup: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise Unreadable(DAMAGED.format(FORMATS["html"])) from None


def _words(element: HtmlElement) -> str:
    return visible(" ".join(element.itertext()))


def _fields(page: HtmlElement) -> dict[str, str]:
    """Metadata: what the data for search engines tell of the page's article goes before `meta`."""
    fields: dict[str, str] = {}
    metas: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        if name and (value := visible(meta.get("content") or "")):
            metas.setdefault(key_words(name), value)
    title = metas.get("og title") or metas.get("twitter title")
    for key, value in _linked_data(page, title):
        fields.setdefault(key, value)
    for key, value in metas.items():
        fields.setdefault(key, value)
    for time in page.iter("time"):
        if (name := time.get("itemprop")) and (value := visible(time.get("datetime") or _words(time))):
            fields.setdefault(key_words(name), value)
    if language := page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang"):
        fields.setdefault("lang", visible(language))
    fields.pop("source", None)
    fields.pop("link", None)
    address = next((link.get("href") for link in page.iter("link") if link.get("rel") == "canonical"), None)
    address = address or metas.get("og url") or fields.get("url")
    fields.pop("url", None)
    if address and address.startswith(("http://", "https://")):
        fields["url"] = visible(address)
    if site := metas.get("og site name"):
        fields.setdefault("publisher", site)
    fields.pop("title", None)
    if title := title or fields.get("headline"):
        fields["title"] = title
    return fields


def _linked_data(page: HtmlElement, title: str | None) -> Iterator[tuple[str, str]]:
    """What JSON-LD tells of the one article that the page is; of several, of the one with the page's title."""
    nodes: list[dict[str, Any]] = []
    for script in page.iter("script"):
        if (script.get("type") or "").lower().startswith("application/ld+json"):
            try:
                nodes += _nodes(json.loads(script.text or ""))
            except (ValueError, RecursionError):
                continue
    articles = [node for node in nodes if _types(node) & _ARTICLES]
    if len(articles) > 1:
        articles = [node for node in articles if title and _same(str(node.get("headline", "")), title)][:1]
    for node in articles or [node for node in nodes if _types(node) & _PAGES][:1]:
        for key in _TOLD:
            if isinstance(node.get(key), str) and (value := visible(node[key])):
                yield key_words(key), value
        for key in ("publisher", "author"):
            who = node.get(key)
            who = who[0] if isinstance(who, list) and who else who
            name = who.get("name") if isinstance(who, dict) else who
            if isinstance(name, str) and (value := visible(name)):
                yield key, value


def _nodes(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Things that are told of, not those that are told of as parts of others: a list of teasers has articles, too."""
    if isinstance(data, list) and depth < 4:
        for each in data:
            yield from _nodes(each, depth + 1)
    elif isinstance(data, dict):
        yield data
        yield from _nodes(data.get("@graph") or [], depth + 1)
        yield from _nodes(data.get("mainEntity") or [], depth + 1) if depth < 4 else ()


def _types(node: dict[str, Any]) -> set[str]:
    types = node.get("@type")
    return {str(one).rpartition("/")[2].lower() for one in (types if isinstance(types, list) else [types])}


def _prune(page: HtmlElement) -> None:
    """Takes away what is not the story."""
    for table in list(page.iter("table")):
        if table.find(".//h1") is not None or any(len(cell.findall("p")) > 1 for cell in table.iter("td")):
            for part in table.iter("table", "tbody", "tr", "td", "th"):
                part.tag = "div"  # It lays the page out, and is no table.
    total = sum(1 for _ in page.iter("p"))
    for element in list(page.iter()):
        if element.tag not in _STORY and (_unseen(element) or _furnishes(element, total)):
            element.drop_tree()


def _unseen(element: HtmlElement) -> bool:
    """Whether nobody sees it, or it is what readers say to the story."""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    hidden = (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or _HIDDEN.search(element.get("style") or "") is not None
    )
    left_out = hidden or _REPLIES.search(named) is not None
    return element.tag in _UNSEEN or (left_out and element.find(".//h1") is None)


def _furnishes(element: HtmlElement, total: int) -> bool:
    """Whether it is a part of the page beside the story; what has most of the paragraphs is the story all the same."""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    role = (element.get("role") or "").lower()
    return (
        element.tag in _FURNITURE
        or role in _ROLES
        or (_FURNISHING.search(named) is not None and element.find(".//h1") is None)
    ) and 2 * sum(1 for _ in element.iter("p")) <= total


def _heading(page: HtmlElement, title: str | None) -> str:
    """The heading of the story: the first of the highest rank, or the one that is the page's title."""
    headings = [words for one in page.iter("h1") if (words := _words(one))]
    return next(
        (words for words in headings if title and _same(words, title)), headings[0] if headings else ""
    )


def _story(page: HtmlElement) -> Iterator[tuple[str, str | None]]:
    """Paragraphs, items and rows, each with its region where the structure tells it."""
    extracted = trafilatura.bare_extraction(
        deepcopy(page), include_comments=False, include_tables=True, include_images=False, deduplicate=False,
        favor_recall=True, with_metadata=False,
    )  # fmt: skip
    body = getattr(extracted, "body", None)
    if body is not None:
        yield from _parts(body)


def _parts(parent: Any) -> Iterator[tuple[str, str | None]]:
    for element in parent:
        match element.tag:
            case "list":
                if items := [f"- {words}" for item in element.iter("item") if (words := _words(item))]:
                    yield "\n".join(items), None
            case "table":
                rows = [[_words(cell) for cell in row.iter("cell")] for row in element.iter("row")]
                if lines := [f"| {' | '.join(row)} |" for row in rows if any(row)]:
                    yield "\n".join(lines), None
            case "quote" | "div":
                if len(element):
                    yield from _parts(element)
                elif words := _words(element):
                    yield words, None
            case _:
                if words := _words(element):
                    yield words, "headline" if element.tag == "head" else None


def _same(words: str, others: str) -> bool:
    """Whether one of two lines is the beginning of the other: titles have the name of the site behind them."""
    one, other = (re.sub(r"\W+", " ", each).strip().casefold() for each in (words, others))
    return bool(one and other) and (
        one == other or other.startswith(f"{one} ") or one.startswith(f"{other} ")
    )


def _about(
    page: HtmlElement, heading: str, story: list[tuple[str, str | None]]
) -> tuple[list[str], list[str]]:
    """Lines around the story that tell who wrote it, and when."""
    told = [words for words, _ in story]
    first = next((words for words in told if not (heading and _same(words, heading))), told[0])
    last = told[-1].rstrip("| ")
    lines = list(dict.fromkeys(_lines(page)))
    begin = next((i for i, (words, _) in enumerate(lines) if words[:_SAME] == first.lstrip("-| ")[:_SAME]), 0)
    after = next(
        (i for i in range(len(lines) - 1, -1, -1) if lines[i][0][-_SAME:] == last[-_SAME:]), len(lines)
    )
    known = {heading, *told}

    def chosen(near: list[tuple[str, bool]]) -> list[str]:
        return [words for words, about in near if words not in known and (about or _YEAR.search(words))]

    return chosen(lines[max(begin - _NEAR, 0) : begin]), chosen(lines[after + 1 : after + 1 + _NEAR])


def _lines(page: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Short lines of the page in order, with paragraphs by their beginnings; whether markup says what they are of."""
    for element in page.iter(*_LINES):
        above = element.getparent()
        if above is not None and above.tag in ("p", "h1", "h2", "h3", "li", "td"):
            continue
        if any(
            child.tag in ("p", "div", "ul", "ol", "table", "h1", "h2", "section", "article")
            for child in element
        ):
            continue
        words = _words(element)
        value = element.getnext() if element.tag == "dt" else None
        if value is not None and value.tag == "dd":
            words = f"{words.rstrip(':')}: {_words(value)}"
        if words:
            named = " ".join([element.tag, *(element.get(key) or "" for key in ("class", "itemprop", "rel"))])
            yield words, len(words) <= _LONGEST_LINE and _ABOUT.search(named) is not None
