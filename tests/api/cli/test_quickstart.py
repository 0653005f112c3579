"""`docs/quickstart.md` as a newcomer would follow it: every command as it stands, in one shell, against a real service."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.serving import free_port
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
SDK = ROOT / "tests/sdk"
PAGE = (ROOT / "docs/quickstart.md").read_text(encoding="utf-8")
INSTALLED = ("pip install", "npm install")
MARK = "@@ command"


def blocks() -> list[tuple[str, str]]:
    """Fenced blocks: their language and text."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, list[str]]]:
    """Commands in their order, with what the page says that each prints."""
    found: list[tuple[str, list[str]]] = []
    for language, text in blocks():
        for line in text.splitlines() if language == "console" else ():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def settle(clone: Path, folder: Path) -> None:
    """What a newcomer has in the clone: the samples, the description, the environment; and beside it the files of the page."""
    assert (SDK / "node_modules/.ready").is_file(), "run `make tests/sdk/node_modules/.ready`"
    for place in (clone, folder):
        place.mkdir()
    for name in ("samples", "openapi.yaml"):
        (clone / name).symlink_to(ROOT / name)
    (clone / ".venv").symlink_to(sys.prefix)
    (folder / "node_modules").symlink_to(SDK / "node_modules")
    for language, text in blocks():
        name, _, rest = text.partition("\n")
        if language != "console":
            (folder / name.lstrip("#/ ")).write_text(rest, encoding="utf-8")


def shell(clone: Path) -> tuple[list[list[str]], str]:
    """What each command printed, and what went wrong."""
    script = ["set -eo pipefail"]
    for number, (command, _) in enumerate(commands()):
        script.append(f"echo '{MARK} {number}'")
        script.append("true" if command.startswith(INSTALLED) else command)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("READOUT_", "OPENAI_"))}
    port = str(free_port())
    tools = os.pathsep.join([str(SDK / "node_modules/.bin"), str(Path(sys.executable).parent), kept["PATH"]])
    process = subprocess.Popen(
        ["bash", "-m", "-c", "\n".join(script).replace(":8000", f":{port}")],
        cwd=clone,
        env=kept | {"PATH": tools, "READOUT_PORT": port, "NO_COLOR": "1", "COLUMNS": "500"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        stop(process.pid)
    told = out.split(f"{MARK} ")[1:]
    return [each.splitlines()[1:] for each in told], err


def stop(session: int) -> None:
    """Ends what is left of a session of processes, such as the service of a page that failed half-way."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == session:
                    os.kill(int(entry.name), signal.SIGTERM)
            except ProcessLookupError:
                continue


def as_pattern(lines: list[str]) -> str:
    """What the page shows; `…` is anything on a line."""
    return "\n".join(".*".join(map(re.escape, line.split("…"))) for line in lines)


def test_the_page_is_true(tmp_path: Path) -> None:
    clone = tmp_path / "readout"
    settle(clone, tmp_path / "first-hour")
    printed, err = shell(clone)
    for (command, wanted), said in zip(commands(), printed, strict=False):
        assert re.fullmatch(as_pattern(wanted), "\n".join(said)), f"$ {command}\n{said}\n{err}"
    assert len(printed) == len(commands()), f"$ {commands()[len(printed) - 1][0]}\n{err}"
    assert {path.name for path in clone.iterdir()} == {"samples", "openapi.yaml", ".venv"}
