"""One TinyDB database per document: a plain JSON file that a stock ``TinyDB(path)`` opens.

TinyDB's own storage writes in place; a kill or a full disk in the middle leaves a torn file, and an empty file counts
as an empty database. ``AtomicStorage`` replaces the file in one durable step and takes nothing damaged for empty.
"""

import sys
from pathlib import Path
from typing import Any, Final

import msgspec
from tinydb import TinyDB
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument

from tui_mfa.store.disk import check_schema, corrupt, private_folder, read_private, replace_private
from tui_mfa.store.records import Document

_DOC_ID: Final = 1
"""Each database holds one document."""

_SCHEMA: Final = "schema"

Tables = dict[str, dict[str, dict[str, Any]]]
"""What a TinyDB file holds: table, document id, document."""


class AtomicStorage(Storage):
    """Reads and replaces a whole JSON file.

    Args:
        path: The file.
        temporary: A folder on the same file system for drafts.
    """

    def __init__(self, path: Path, temporary: Path) -> None:
        self._path = path
        self._temporary = temporary

    def read(self) -> Tables | None:
        """Return the tables, or ``None`` when there is no file; ``Corrupt`` when it is no database."""
        data = read_private(self._path)
        if data is None:
            return None
        try:
            return msgspec.json.decode(data, type=Tables)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            raise corrupt(self._path, "it is empty, cut off or not a database") from None

    def write(self, data: Tables) -> None:
        """Replace the file in one durable step, indented for people to read."""
        text = msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"
        private_folder(self._path.parent)
        replace_private(self._path, text, self._temporary)


class Transaction(CachingMiddleware):
    """Keeps what TinyDB writes until the database is closed: one read at most, one write at most."""

    WRITE_CACHE_SIZE = sys.maxsize


class DocumentFile:
    """One document in one file, to be read and then perhaps saved under the caller's lock.

    Args:
        path: The file.
        table: The TinyDB table that the document stands in.
        schema: The layout's number, kept in the document as ``schema``.
        temporary: A folder on the same file system for drafts.
    """

    def __init__(self, path: Path, table: str, schema: int, temporary: Path) -> None:
        self.path = path
        self._schema = schema
        self._name = table
        self._db = TinyDB(path, temporary, storage=Transaction(AtomicStorage))  # type: ignore[no-untyped-call]
        self._table = self._db.table(table)

    def read(self) -> Document | None:
        """Return the document, or ``None`` when there is no file.

        Raises:
            Corrupt: The file is torn, empty or foreign.
            NewerSchema: A newer program wrote it.
        """
        tables = self._db.storage.read()
        if tables is None:
            return None
        found = self._table.get(doc_id=_DOC_ID) if [*tables] == [self._name] else None
        if not isinstance(found, TinyDocument) or len(tables[self._name]) != 1:
            raise corrupt(self.path, "it does not hold what its name says")
        document = dict(found)
        check_schema(self.path, document.pop(_SCHEMA, None), self._schema)
        return document

    def save(self, document: Document) -> None:
        """Put a document in place of the old one, in one durable step."""
        self._table.truncate()
        self._table.insert(TinyDocument({_SCHEMA: self._schema, **document}, doc_id=_DOC_ID))
        self._db.close()
