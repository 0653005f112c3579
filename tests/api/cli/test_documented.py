"""What the README promises is there, and what is there is in the README."""

import re
from pathlib import Path

from api.cli.main import COMMANDS
from api.settings import variables

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(section: str) -> list[str]:
    """First cells of the table in a section."""
    body = README.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return [line.split("|")[1] for line in body.splitlines() if line.startswith("| `")]


def test_every_command_is_documented() -> None:
    assert [re.findall(r"`([a-z]+)", cell)[0] for cell in rows("The command")] == list(COMMANDS)


def test_every_setting_is_documented() -> None:
    documented = [name for cell in rows("Settings") for name in re.findall(r"`([A-Z_]+)`", cell)]
    assert sorted(documented) == sorted(variables())


def test_every_file_that_is_linked_is_there() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name} links {link}"
