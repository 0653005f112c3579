"""Who may come in: holders of the key, or this machine alone."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest

from api.settings import Settings
from store.engine import connect
from store.keys import create_key, revoke_key
from tests.api.conftest import KEY, Client, local, running, serving
from tests.store.invented import hexed

TALKS = {"text": "Norway and Chile opened trade talks in Oslo."}


def kind(answer: httpx.Response) -> str:
    """The type of a problem."""
    found: str = answer.json()["type"]
    return found


@pytest.fixture(scope="module")
def served(filled_url: str) -> Iterator[Client]:
    with serving(filled_url) as client:
        yield client


@pytest.fixture
def anonymous(served: Client) -> Iterator[Client]:
    """A client without the key, that nobody has signed in with."""
    given = served.headers.copy()
    del served.headers["Authorization"]
    yield served
    served.headers = given
    served.cookies.clear()


@pytest.mark.parametrize(
    "path", ["/v1/briefings", f"/v1/documents/{hexed('a')}/text", "/v1/jobs", "/openapi.json", "/"]
)
def test_nothing_is_read_without_the_key(anonymous: Client, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="readout"'
    assert kind(answer) == "/problems/unauthorized"


def test_nothing_is_written_without_the_key(anonymous: Client) -> None:
    assert anonymous.post("/v1/documents", json=TALKS).status_code == 401
    assert anonymous.delete(f"/v1/jobs/ingest-{hexed('a')}").status_code == 401


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x", "Bearer é"],
)
def test_a_wrong_key(anonymous: Client, given: str) -> None:
    headers = [(b"Authorization", given.encode())]
    assert anonymous.get("/v1/briefings", headers=headers).status_code == 401


def test_the_name_of_the_scheme_may_be_written_either_way(anonymous: Client) -> None:
    answer = anonymous.get("/v1/briefings", headers={"Authorization": f"bearer {KEY}"})
    assert answer.status_code == 200


def test_the_key_is_asked_for_before_the_query_is_looked_at(anonymous: Client) -> None:
    assert anonymous.get("/v1/briefings?colour=red").status_code == 401


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_needs_no_key(anonymous: Client, path: str) -> None:
    assert anonymous.get(path).status_code == 200


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_local_mode_is_open_to_this_machine(filled_url: str, peer: str) -> None:
    with local(filled_url, peer) as client:
        assert client.get("/v1/briefings").status_code == 200


@pytest.mark.parametrize("peer", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.7", "testclient"])
def test_local_mode_refuses_other_machines(filled_url: str, peer: str) -> None:
    with local(filled_url, peer) as client:
        answer = client.get("/v1/briefings")
        assert (answer.status_code, kind(answer)) == (403, "/problems/not-local")
        assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000", "LOCALHOST."])
def test_local_mode_goes_by_the_names_of_this_machine(filled_url: str, host: str) -> None:
    with local(filled_url) as client:
        assert client.get("/v1/briefings", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:8000", "127.0.0.1.rebound.example", "10.0.0.1"]
)
def test_local_mode_refuses_other_names(filled_url: str, host: str) -> None:
    with local(filled_url) as client:
        answer = client.get("/v1/briefings", headers={"Host": host})
        assert (answer.status_code, kind(answer)) == (403, "/problems/not-local")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_other_sites_cannot_write(database_url: str, headers: dict[str, str]) -> None:
    with local(database_url) as client:
        answer = client.post("/v1/documents", json=TALKS, headers=headers)
        assert (answer.status_code, kind(answer)) == (403, "/problems/cross-origin")
        assert client.get("/v1/jobs").json()["items"] == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
)
def test_programs_and_own_pages_can_write(database_url: str, headers: dict[str, str]) -> None:
    with local(database_url) as client:
        assert client.post("/v1/documents", json=TALKS, headers=headers).status_code == 202


def test_local_mode_does_not_look_at_keys(filled_url: str) -> None:
    with local(filled_url) as client:
        answer = client.get("/v1/briefings", headers={"Authorization": "Bearer anything"})
        assert answer.status_code == 200


HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGES = ["/", "/briefings/no-cl", f"/documents/{hexed('a')}"]


def cookie_of(answer: httpx.Response) -> Any:
    return SimpleCookie(answer.headers["Set-Cookie"])["readout_key"]


@pytest.fixture
def browser(anonymous: Client) -> Client:
    """A client that asks for pages and keeps its cookies."""
    anonymous.headers.update(HTML)
    return anonymous


def sign_in(browser: Client, key: str, then: str = "/") -> httpx.Response:
    return browser.post("/sign-in/key", data={"key": key, "then": then})


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_without_a_key_gets_a_form_at_the_page_it_asked_for(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="readout"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'<input type="hidden" name="then" value="{path}">' in answer.text
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_that_signed_in_reads_pages(browser: Client, path: str) -> None:
    answer = sign_in(browser, KEY, path)
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert browser.get(path).status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Client) -> None:
    cookie = cookie_of(sign_in(browser, KEY))
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (
        True,
        "strict",
        "/",
        "",
    )
    browser.headers["X-Forwarded-Proto"] = "https"
    assert cookie_of(sign_in(browser, KEY))["secure"] is True


def test_the_cookie_reads_and_does_nothing_else(browser: Client) -> None:
    sign_in(browser, KEY)
    assert browser.get("/v1/briefings", headers={"Accept": "*/*"}).status_code == 200
    assert browser.post("/v1/documents", json=TALKS, headers={"Accept": "*/*"}).status_code == 401
    assert browser.get("/v1/keys", headers={"Accept": "*/*"}).status_code == 401


@pytest.mark.parametrize("key", ["", "wrong", "rk_" + "0" * 40, "rk_\0" + "0" * 39, "rk_é"])
def test_a_browser_with_a_wrong_key(browser: Client, key: str) -> None:
    answer = sign_in(browser, key, "/briefings/no-cl")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (401, False)
    assert "The key is not valid." in answer.text and 'value="/briefings/no-cl"' in answer.text


def test_a_browser_whose_key_may_not_read_or_was_revoked(browser: Client, filled_url: str) -> None:
    engine = connect(filled_url)
    writes = create_key(engine, name="writes", scopes=["documents:write"])
    revoked = create_key(engine, name="ended", scopes=["briefings:read"])
    revoke_key(engine, revoked.id)
    engine.dispose()
    answer = sign_in(browser, writes.key)
    assert answer.status_code == 403
    assert "The key may not read: it lacks the scope `briefings:read`." in answer.text
    assert "The key was revoked." in sign_in(browser, revoked.key).text


@pytest.mark.parametrize(
    "then", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""]
)
def test_signing_in_leads_to_own_pages_alone(browser: Client, then: str) -> None:
    assert sign_in(browser, KEY, then).headers["Location"] == "/"


def test_signing_out(browser: Client) -> None:
    assert "Sign out" not in browser.get("/sign-in").text
    sign_in(browser, KEY)
    assert "Sign out" in browser.get("/sign-in").text
    answer = browser.post("/sign-out")
    assert (answer.status_code, cookie_of(answer).value, cookie_of(answer)["max-age"]) == (303, "", "0")
    assert browser.get("/").status_code == 401


def test_another_site_cannot_sign_a_browser_in(browser: Client) -> None:
    browser.headers["Origin"] = "https://elsewhere.example"
    answer = sign_in(browser, KEY)
    assert (answer.status_code, "Pages of other sites may not write here" in answer.text) == (403, True)


def test_a_program_that_asks_for_a_page_gets_a_problem(anonymous: Client) -> None:
    assert kind(anonymous.get("/", headers={"Accept": "application/json"})) == "/problems/unauthorized"


def test_every_answer_has_headers_that_protect(client: Client) -> None:
    for path in ("/v1/briefings", "/v1/briefings/nope", "/nowhere", "/health/live", "/"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == ("same-origin" if path == "/" else "no-referrer")
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_https_is_to_be_kept(client: Client) -> None:
    behind_a_proxy = client.get("/v1/briefings", headers={"X-Forwarded-Proto": "https"})
    assert behind_a_proxy.headers["Strict-Transport-Security"] == "max-age=31536000"


APP = "https://app.example"


@pytest.fixture
def shared(filled_url: str) -> Iterator[Client]:
    """A client of a service that pages of one other site may call."""
    settings = Settings(database_url=filled_url, auth="required", admin_key=KEY, cors_origins=APP)
    with running(settings) as client:
        yield client


def test_pages_of_other_sites_are_not_let_in_unless_a_setting_says_so(client: Client) -> None:
    answer = client.get("/v1/briefings", headers={"Origin": APP})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_that_may_call_sees_the_headers_that_it_needs(shared: Client) -> None:
    answer = shared.get("/v1/briefings", headers={"Origin": APP})
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert "Origin" in answer.headers["Vary"]
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert exposed >= {
        "ETag",
        "Link",
        "Location",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "X-Request-Id",
    }
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_page_that_may_call_is_told_of_errors_too(shared: Client) -> None:
    answer = shared.get("/v1/briefings", headers={"Origin": APP, "Authorization": "Bearer wrong"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, APP)


def test_a_preflight_needs_no_key(shared: Client) -> None:
    asked = {
        "Origin": APP,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
    }
    del shared.headers["Authorization"]
    answer = shared.options("/v1/documents", headers=asked)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, APP)
    assert "idempotency-key" in answer.headers["Access-Control-Allow-Headers"]
    assert (
        shared.options("/v1/documents", headers=asked | {"Origin": "https://other.example"}).status_code
        == 400
    )


def test_a_page_that_may_call_writes_in_local_mode(database_url: str) -> None:
    with local(database_url, cors_origins=APP) as client:
        for origin, status in ((APP, 202), ("https://other.example", 403)):
            assert client.post("/v1/documents", json=TALKS, headers={"Origin": origin}).status_code == status
