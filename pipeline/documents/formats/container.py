"""ZIP files, which office files are too: parts of bounded size, XML without entities or anything from elsewhere."""

import io
import zipfile
import zlib

from lxml import etree

from pipeline import Unreadable
from pipeline.documents.formats import DAMAGED, FORMATS

_LARGEST_PART = 60_000_000
"""Bytes of one part, unpacked."""


class Container:
    """A ZIP file. Raises Unreadable."""

    def __init__(self, data: bytes, format: str) -> None:
        self._damaged = Unreadable(DAMAGED.format(FORMATS[format]))
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise self._damaged from None

    def names(self) -> list[str]:
        """Of what is in it, without folders."""
        return [one.filename for one in self._file.infolist() if not one.is_dir()]

    def part(self, name: str, most: int = _LARGEST_PART) -> bytes | None:
        """What is under a name; None where nothing is."""
        try:
            with self._file.open(name) as file:
                data = file.read(most + 1)
        except KeyError:
            return None
        except RuntimeError:
            raise Unreadable("it has a password: save it without one") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError):
            raise self._damaged from None
        if len(data) > most:
            raise Unreadable(f"it has more than {most:,} bytes when it is unpacked: split it")
        return data

    def xml(self, name: str) -> etree._Element | None:
        """The root of a part; None where there is no such part."""
        data = self.part(name)
        return None if data is None else xml_root(data, self._damaged)


def xml_root(data: bytes, damaged: Unreadable) -> etree._Element:
    """The root of XML that declares nothing and asks for nothing. Raises Unreadable, `damaged` where it is no XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise damaged from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable(
            "it declares entities (a DTD), which no office program does: export it as UTF-8 text"
        )
    return root
