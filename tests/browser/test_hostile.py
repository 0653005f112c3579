"""Documents of every script, and documents that mean harm: shown as they are, and nothing else happens."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pypdfium2
import pytest
from msgspec.structs import replace
from playwright.sync_api import expect
from sqlalchemy import Engine

from api.http.openapi import story
from schemas import Briefing, Cause, Deadline, Evidence, Rejection, fuzzy_date
from store.documents import add_document, save_readout
from store.engine import connect, writing
from store.rebuild import save_briefing
from tests.browser.conftest import Tab
from tests.conftest import new_database
from tests.serving import api, free_port
from tests.store.invented import NO_FACTS, fact, hexed

SCRIPTS = (
    "👩‍👩‍👧‍👦🇳🇴 Norway asks for 15 per cent by 1 April 2031. "
    "E\u0301tat: l’accord expire le 1er mai 2031, ve\u0301rifie\u0301. "
    "协定于2031年6月1日到期。 "
    "ينتهي الاتفاق في 1 يوليو 2031."
)
PROVEN = [
    "👩‍👩‍👧‍👦🇳🇴 Norway",
    "15 per cent by 1 April 2031",
    "15 per cent",
    "E\u0301tat",
    "mai 2031, ve\u0301rifie\u0301",
    "协定于2031年6月1日",
    "في 1 يوليو 2031",
]
MARKUP = (
    '<script>alert(1)</script> "><img src=x onerror=alert(2)> </div></main> &lt;b&gt; {{ 7 * 7 }} '
    "javascript:alert(3) \u202eevil\u202c \u2066turned\u2069 \x1b[31m <svg onload=alert(4)>"
)
LONG = "duty of 15 per cent " * 50_000
MANY = "".join(f"By day {n} the duty falls. " for n in range(5_000))


def evidence(text: str, exact: str, start: int | None = None) -> Evidence:
    at = text.index(exact) if start is None else start
    return Evidence(
        document_id=sha256(text.encode()).hexdigest(),
        start=at,
        end=at + len(exact),
        exact=exact,
        prefix=text[max(at - 32, 0) : at],
        suffix=text[at + len(exact) : at + len(exact) + 32],
        region="body",
        page=None,
    )


def due(text: str, exact: str, start: int | None = None, **more: Any) -> Deadline:
    name = f"{exact}{start}"
    carried = fact(name, briefing=None) | {"evidence": [evidence(text, exact, start)]}
    return replace(story.DEADLINE, **carried | {"what": exact} | more)


def store(engine: Engine, text: str, title: str, **facts: Any) -> str:
    """Stores a document that proves these facts; the path of its page."""
    id = sha256(text.encode()).hexdigest()
    source = replace(
        story.INFO.source, document_id=id, title=title, publisher=title, url="javascript:alert(5)"
    )
    info = replace(story.INFO, id=id, file=None, chars=len(text), source=source)
    assert add_document(engine, info, text, b'{"blocks":[]}')
    head = replace(story.READOUT.document, id=id, title=title, chars=len(text))
    refused = Rejection(kind="figure", leaf=None, quote=title, reason=title)
    readout = replace(story.READOUT, document=head, **NO_FACTS | facts, rejected=[refused])
    save_readout(engine, id, readout)
    return f"/documents/{id}"


SENTENCE = "The delegation of Norway said that the duty on salmon would fall by the end of the month"
SOURCES = [f"{SENTENCE}, {n}." for n in range(10)]


def large() -> Briefing:
    """Ten documents and two hundred facts with whole sentences."""
    documents = [hexed(text) for text in SOURCES]

    def numbered(template: Any, count: int, **fields: Any) -> list[Any]:
        return [
            replace(
                template,
                **fact(f"{type(template).__name__} {n}")
                | {
                    "evidence": [
                        replace(evidence(SENTENCE, SENTENCE), document_id=documents[(n + k) % 10])
                        for k in range(3)
                    ],
                    "salience": n / 100,
                    "origins": 3,
                }
                | {name: f"{SENTENCE} {n}" if value is ... else value for name, value in fields.items()},
            )
            for n in range(count)
        ]

    figures = numbered(story.FIGURE, 60, subject=...)
    delegates = numbered(story.DELEGATE, 10, role=...)
    return replace(
        story.WHOLE,
        id="brf_00000000000000aa",
        slug="large",
        delegations=[replace(one, members=delegates[k::2]) for k, one in enumerate(story.WHOLE.delegations)],
        stakes=[
            replace(one, positions=[replace(each, evidence=one.evidence[:1]) for each in one.positions])
            for one in numbered(story.STAKE, 20, summary=...)
        ],
        deadlines=[
            replace(one, date=fuzzy_date(f"2031-{n % 12 + 1:02}", "then"), starts=None)
            for n, one in enumerate(numbered(story.DEADLINE, 40, what=...))
        ],
        figures=figures,
        statements=numbered(story.STATEMENT, 40, text=...),
        events=numbered(story.EVENT, 30, what=...),
        conflicts=[
            replace(
                story.DISAGREEMENT,
                id=f"cfl_{n:016x}",
                briefing_id="brf_00000000000000aa",
                positions=[
                    replace(position, fact_ids=[figures[2 * n + k].id])
                    for k, position in enumerate(story.DISAGREEMENT.positions)
                ],
            )
            for n in range(6)
        ],
        sources=[
            replace(story.WHOLE.sources[0], document_id=id, origin_group=f"o{n}")
            for n, id in enumerate(documents)
        ],
        memberships=[],
        headline=None,
        summary=[],
        timeline=[],
    )


def hostile() -> Briefing:
    """Markup and turns of direction in whatever a briefing shows of its sources."""
    source = replace(story.WHOLE.sources[0], title=MARKUP, publisher=MARKUP, url="javascript:alert(6)")
    told = {"what": MARKUP, "consequence": MARKUP}
    return replace(
        story.WHOLE,
        id="brf_00000000000000bb",
        slug="hostile",
        title=MARKUP,
        deadlines=[replace(one, **told) for one in story.WHOLE.deadlines],
        figures=[replace(one, subject=MARKUP, as_written=MARKUP) for one in story.WHOLE.figures],
        statements=[replace(one, speaker=MARKUP, text=MARKUP) for one in story.WHOLE.statements],
        sources=[source, *story.WHOLE.sources[1:]],
    )


@pytest.fixture(scope="module")
def pages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Addresses of a service that holds all of these."""
    folder = tmp_path_factory.mktemp("hostile")
    url = new_database("sqlite", request, folder)
    engine = connect(url)
    paths = {
        "scripts": store(engine, SCRIPTS, "Scripts", deadlines=[due(SCRIPTS, exact) for exact in PROVEN]),
        "markup": store(
            engine,
            MARKUP,
            MARKUP,
            deadlines=[due(MARKUP, "alert(1)", what=MARKUP), due(MARKUP, "alert(1)</script>")],
        ),
        "long": store(
            engine,
            LONG,
            "Long",
            deadlines=[due(LONG, "15 per cent", 20 * n + 8) for n in range(0, 50_000, 500)],
        ),
        "many": store(
            engine,
            MANY,
            "Many",
            deadlines=[due(MANY, f"By day {n} the duty falls.") for n in range(5_000)],
        ),
    }
    for text in SOURCES:
        store(engine, text, "Salmon")
    for text in (story.TEXT, story.OTHER):
        store(engine, text, MARKUP)
    with writing(engine) as session:
        for briefing in (large(), hostile()):
            cause = Cause(kind="added", document_ids=[], reason=None)
            save_briefing(session, briefing, cause, None, [])
            paths[briefing.slug] = f"/briefings/{briefing.slug}"
    engine.dispose()
    port = free_port()
    with api(url, folder, port):
        yield {name: f"http://127.0.0.1:{port}{path}" for name, path in paths.items()}


@pytest.mark.parametrize("name", ["markup", "long", "many", "hostile", "large"])
def test_nothing_of_a_document_is_run_or_refused(tab: Tab, pages: dict[str, str], name: str) -> None:
    opened: list[str] = []
    tab.page.on("dialog", lambda dialog: opened.append(dialog.message))
    tab.page.goto(pages[name])
    expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    assert (opened, tab.complaints) == ([], [])
    assert tab.page.evaluate("document.querySelectorAll('img, main script, [onload], [onerror]').length") == 0
    assert (
        tab.page.evaluate("[...document.links].filter(link => link.protocol === 'javascript:').length") == 0
    )
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_markup_is_shown_as_it_is_written_and_turns_of_direction_by_name(
    tab: Tab, pages: dict[str, str]
) -> None:
    tab.page.goto(pages["markup"])
    shown = tab.page.locator(".text").inner_text()
    assert "<script>alert(1)</script>" in shown and "{{ 7 * 7 }}" in shown
    assert "[RLO]evil[PDF] [LRI]turned[PDI]" in shown and "\u202e" not in tab.page.content()


def test_marks_hold_the_very_words_in_every_script(tab: Tab, pages: dict[str, str]) -> None:
    """Offsets count code points, a browser's strings count other units."""
    tab.page.goto(pages["scripts"])
    assert tab.page.locator(".text").text_content() == SCRIPTS
    for exact in PROVEN:
        start = SCRIPTS.index(exact)
        fact_of_it = tab.page.locator(".margin li").filter(has=tab.page.locator(f'a[href="#c{start}"]')).first
        assert fact_of_it.count() == 1
        marked = tab.page.evaluate(
            """([first, length]) => {
                let text = "";
                for (let node = document.getElementById(first); node && [...text].length < length;
                     node = node.nextSibling) text += node.textContent;
                return [...text].slice(0, length).join("");
            }""",
            [f"c{start}", len(exact)],
        )
        assert marked == exact


def test_ten_documents_and_two_hundred_facts_are_a_page_to_look_over(tab: Tab, pages: dict[str, str]) -> None:
    tab.page.goto(pages["large"])
    assert tab.page.evaluate("document.documentElement.scrollHeight") < 6_000
    assert tab.page.locator(".fact, .stake, .figures tbody tr:not(.group)").count() == 200


def test_two_hundred_facts_print_on_two_pages(tab: Tab, pages: dict[str, str]) -> None:
    tab.page.goto(pages["large"])
    assert len(pypdfium2.PdfDocument(tab.page.pdf(format="A4"))) <= 2
