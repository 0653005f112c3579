"""What a feed points to, from bytes that nobody need trust."""

import contextlib
import itertools

from hypothesis import given
from hypothesis import strategies as st

from pipeline import Unreadable
from pipeline.feeds import MOST_ITEMS, Feed, feed_of

BASE = "https://ministry.example/news/feed.xml"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://ministry.example/atom/">
<entry><title>One &amp;
 only</title><link rel="self" href="https://ministry.example/self"/><link href="one#top"/><updated>2031-03-14</updated></entry>
<entry><title>Without a link</title></entry></feed>"""


def links(feed: Feed) -> list[str]:
    return [item.url for item in feed.items]


def test_links_are_completed_and_titles_are_one_line() -> None:
    [item] = feed_of(ATOM.encode(), BASE).items
    assert (item.url, item.title, item.day) == (
        "https://ministry.example/atom/one",
        "One & only",
        "2031-03-14",
    )


def test_a_mark_changes_with_what_is_told() -> None:
    def mark(words: str) -> str:
        item = f"<rss><channel><item><link>/a</link><description>{words}</description></item></channel></rss>"
        return feed_of(item.encode(), BASE).items[0].mark

    assert mark("talks") == mark("talks") != mark("more talks")


def test_only_links_on_the_web_are_taken_and_each_once() -> None:
    links_ = (
        "/a",
        "/a#b",
        "mailto:a@b.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://[",
        "/c",
    )
    items = "".join(f"<item><link>{link}</link></item>" for link in links_)
    feed = feed_of(f"<rss><channel>{items}</channel></rss>".encode(), BASE)
    assert links(feed) == ["https://ministry.example/a", "https://ministry.example/c"]


def test_of_a_long_sitemap_the_latest_are_taken() -> None:
    urls = "".join(f"<url><loc>/{day}</loc><lastmod>{day}</lastmod></url>" for day in range(1000, 1700))
    feed = feed_of(f"<urlset>{urls}</urlset>".encode(), BASE)
    assert (len(feed.items), feed.left_out) == (MOST_ITEMS, 200)
    assert (feed.items[0].day, feed.items[-1].day) == ("1699", "1200")


def test_entities_are_neither_unfolded_nor_fetched() -> None:
    names = "abcdefghij"
    bomb = (
        '<!ENTITY a "'
        + "x" * 1000
        + '">'
        + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise(names))
    )
    for entities in (bomb, '<!ENTITY j SYSTEM "file:///etc/passwd">'):
        item = "<rss><channel><item><title>&j;</title><link>/a</link></item></channel></rss>"
        feed = feed_of(f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]>{item}'.encode(), BASE)
        assert {item.title for item in feed.items} <= {"&j;", None}


def test_deep_nesting_is_no_harm() -> None:
    for data in (b"<rss>" + b"<item>" * 100_000, b'{"version":' + b"[" * 100_000):
        with contextlib.suppress(Unreadable):
            assert links(feed_of(data, BASE)) == []


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"{", b"<rss><item>", ATOM.encode()[:150], b"<urlset>"])
)
def test_any_bytes_are_a_feed_a_page_or_unreadable(data: bytes, start: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert feed_of(start + data, BASE).format in {"rss", "atom", "json", "sitemap", "page"}
