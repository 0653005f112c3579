"""Letters by templates of one's own: those of the sample, and what becomes of ones that fail."""

from pathlib import Path

import pytest

from api.newsletters import letter_of, templates_of
from api.rendering.newsletter import check_templates, digest_html, digest_markdown
from api.rendering.own_templates import BadTemplate
from api.settings import BadSetting, Settings
from store.engine import connect
from tests.api.conftest import KEY, running
from tests.api.editions import ROOT, weeks
from worker.mailings import NoLetter

SAMPLE = ROOT / "samples/templates"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def folder_with(folder: Path, template: str, name: str = "digest.md") -> Path:
    (folder / name).write_text(template)
    return folder


def test_the_sample_makes_a_bulletin() -> None:
    written = digest_markdown(weeks()["quiet"], templates=SAMPLE)
    assert written == "# Trade talks, 10 to 17 March 2031\n\nNothing new.\n\n"
    busy = digest_markdown(weeks()["busy"], templates=SAMPLE)
    assert busy.count("\n- **") == 30 and "\nFalls due:\n\n- " in busy


def test_what_a_folder_has_no_template_for_is_written_with_ours() -> None:
    assert digest_html(weeks()["quiet"], templates=SAMPLE) == digest_html(weeks()["quiet"])


def test_markup_in_a_letter_is_no_markup_of_the_page(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "{{ letter.title ~ '<b>' }}", "digest.html")
    assert digest_html(weeks()["quiet"], templates=folder) == "Trade talks, 10 to 17 March 2031&lt;b&gt;"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("# {{ letter.title }}\n{{ lettre }}", "digest.md, line 2: 'lettre' is undefined"),
        ("{% for one in letter.talks %}\n{{ one.titel }}{% endfor %}", "digest.md, line 2: .* has no attribute 'titel'"),
        ("{% if letter %}\n\nno end", "digest.md, line 2: Unexpected end of template"),
        ("\n{{ 1 / 0 }}", "digest.md, line 2: division by zero"),
        ("{% include 'other.md' %}", "digest.md, line 1: 'other.md' not found"),
        ("{% include '../secret.md' %}", "digest.md, line 1: ../secret.md"),
        ("{{ letter.__class__.__mro__ }}", "digest.md, line 1: access to attribute '__class__' .* is unsafe"),
        ("{{ ''.__class__ }}", "digest.md, line 1: access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ letter.sections.clear() }}", "digest.md, line 1: access to attribute 'clear' of 'list' object is unsafe"),
        ("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "steps of `range`"),
        ("{% for a in range(99999) %}{{ letter.title ~ letter.title }}{% endfor %}", "more than 1,000,000 characters"),
        ("{{ 'a' * 99999999 }}", "digest.md, line 1: `\\*` is for numbers"),
        ("{{ 9 ** 9 ** 9 }}", "digest.md, line 1: .*there is no power"),
    ],
)  # fmt: skip
def test_a_template_that_fails_is_told_of_by_name_and_line(tmp_path: Path, template: str, why: str) -> None:
    (tmp_path / "secret.md").write_text("seen")
    folder = tmp_path / "own"
    folder.mkdir()
    with pytest.raises(BadTemplate, match=why):
        check_templates(folder_with(folder, template))


def test_nothing_starts_with_a_template_that_fails(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"READOUT_TEMPLATES: digest.md, line 1: 'lettre' is undefined"):
        templates_of(Settings(templates=str(folder_with(tmp_path, "{{ lettre }}"))))
    with pytest.raises(BadSetting, match="nowhere is not a folder"):
        templates_of(Settings(templates=str(tmp_path / "nowhere")))


@ON_SQLITE
def test_issues_are_served_and_sent_by_them(database_url: str, tmp_path: Path) -> None:
    """One that fails by what a letter has is a fault of the service, and the letter waits until it is mended."""
    template = folder_with(tmp_path, "{{ letter.title }}!{{ letter.talks[0].title }}") / "digest.md"
    settings = Settings(database_url=database_url, auth="required", admin_key=KEY, templates=str(tmp_path))
    engine = connect(database_url)
    with running(settings) as client:
        id = client.post("/v1/issues", json={"title": "The week"}).json()["id"]
        failed = client.get(f"/v1/issues/{id}", headers={"Accept": "text/markdown"})
        assert (failed.status_code, failed.json()["type"]) == (500, "/problems/internal")
        with pytest.raises(NoLetter, match=r"digest.md, line 1: .* has no element 0"):
            letter_of(engine, tmp_path, id)
        template.write_text("# {{ letter.title }}!")
        mended = client.get(f"/v1/issues/{id}", headers={"Accept": "text/markdown"})
        assert mended.text == "# The week!" == letter_of(engine, tmp_path, id).markdown
    engine.dispose()
