"""What a feed, a sitemap or a page points to: RSS, Atom, JSON Feed, sitemaps; told by the bytes, never by a name."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Annotated
from urllib.parse import urldefrag, urljoin

from lxml import etree
from msgspec import DecodeError, Meta, Struct, ValidationError, json

from pipeline import Unreadable
from pipeline.documents.formats import visible

MOST_ITEMS = 500
"""That are taken of a feed or a sitemap: the newest, where it tells the days."""
_LONGEST_TITLE = 500
_ROOTS = {"rss": "rss", "RDF": "rss", "feed": "atom", "urlset": "sitemap", "sitemapindex": "sitemaps"}
_ENTRIES = {"rss": "item", "atom": "entry", "sitemap": "url", "sitemaps": "sitemap"}
_DAYS = ("updated", "lastmod", "published", "pubDate", "date", "publication_date")
_TOLD = {*_DAYS, "title", "summary", "content", "description", "encoded", "guid", "id"}


class FeedItem(Struct, frozen=True):
    """What an address points to. `mark` differs where what is told of it differs."""

    url: str
    title: str | None
    mark: str
    day: str = ""


class Feed(Struct, frozen=True):
    """`format`: rss, atom, json, sitemap, sitemaps (one of other sitemaps) or page."""

    format: str
    items: list[FeedItem]
    left_out: int = 0


class _JsonItem(Struct):
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    date_modified: str | None = None
    date_published: str | None = None
    summary: str | None = None
    content_html: str | None = None
    content_text: str | None = None


class _JsonFeed(Struct):
    version: Annotated[str, Meta(pattern=r"^https?://(www\.)?jsonfeed\.org/version/")]
    items: list[_JsonItem] = []


def feed_of(data: bytes, url: str) -> Feed:
    """What is at an address. A page that is none of these points to itself. Raises Unreadable."""
    if data.lstrip().startswith(b"{"):
        try:
            return _cut("json", list(_of_json(json.decode(data, type=_JsonFeed), url)))
        except (DecodeError, ValidationError, RecursionError):
            raise Unreadable("it is JSON and not a JSON Feed") from None
    root = _root(data)
    format = _ROOTS.get(etree.QName(root).localname) if root is not None else None
    if root is None or format is None:
        return Feed("page", [FeedItem(url, None, _mark([data]))])
    return _cut(format, list(_of_xml(root, format, url)))


def _root(data: bytes) -> etree._Element | None:
    """The root of what is XML, be it a little wrong; nothing outside of it is read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None


def _of_json(feed: _JsonFeed, base: str) -> Iterator[FeedItem]:
    for item in feed.items:
        if (link := item.url or item.external_url) and (address := _address(base, link)):
            told = [
                value
                for value in (item.title, item.date_modified, item.date_published, item.summary)
                if value
            ]
            told += [value for value in (item.content_html, item.content_text) if value]
            day = item.date_modified or item.date_published or ""
            yield FeedItem(address, _title(item.title), _mark(value.encode() for value in told), day)


def _of_xml(root: etree._Element, format: str, base: str) -> Iterator[FeedItem]:
    for entry in root.iter("{*}" + _ENTRIES[format]):
        told = {
            etree.QName(part).localname: "".join(part.itertext()).strip()
            for part in entry.iterdescendants()
            if isinstance(part.tag, str) and etree.QName(part).localname in _TOLD
        }
        link = _link(entry, format)
        if link and (address := _address(entry.base or base, link)):
            day = next((told[name] for name in _DAYS if told.get(name)), "")
            marked = _mark(f"{name} {value}".encode() for name, value in sorted(told.items()))
            yield FeedItem(address, _title(told.get("title")), marked, day)


def _link(entry: etree._Element, format: str) -> str | None:
    """Where an entry leads: `link`, `guid` where that is an address, `loc` of a sitemap."""
    if format == "atom":
        links = {link.get("rel", "alternate"): link.get("href") for link in entry.iterfind("{*}link")}
        return links.get("alternate")
    for name in ("loc", "link", "guid"):
        text = (entry.findtext("{*}" + name) or "").strip()
        if text and (name != "guid" or text.startswith(("http://", "https://"))):
            return text
    return None


def _address(base: str, link: str) -> str | None:
    try:
        address = urldefrag(urljoin(base, link.strip())).url
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


def _title(words: str | None) -> str | None:
    return visible(words or "")[:_LONGEST_TITLE] or None


def _mark(parts: "Iterator[bytes] | Sequence[bytes]") -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part + b"\0")
    return digest.hexdigest()


def _cut(format: str, items: list[FeedItem]) -> Feed:
    """Each address once, as it is told first; of too many those with the latest days."""
    each = list({item.url: item for item in reversed(items)}.values())[::-1]
    # Of feeds, whose days come in many forms, the first are the newest; sitemaps are in no order.
    if format.startswith("sitemap"):
        each.sort(key=lambda item: item.day, reverse=True)
    return Feed(format, each[:MOST_ITEMS], max(0, len(each) - MOST_ITEMS))
