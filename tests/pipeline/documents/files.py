"""The files of every format that these tests read."""

from tests.conftest import ROOT

FOLDER = ROOT / "tests/documents"
FILES = sorted(path for path in FOLDER.rglob("*.*") if path.suffix not in {".md", ".toml"})
UNREADABLE = {"scan.pdf", "encrypted.pdf", "entities.docx", "empty.zip"}
READABLE = [path for path in FILES if path.name not in UNREADABLE]
