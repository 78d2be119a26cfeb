"""Statements about stored files."""

from dataclasses import asdict

from sqlalchemy import ColumnElement, delete, insert, select

from backend.store.records import File
from backend.store.rows import Shape, Statements
from backend.store.tables import files

FILE = Shape(files, File)


class Files(Statements):
    def by_id(self, file_id: str) -> File | None:
        return self._one(files.c.id == file_id)

    def of_user(self, user_id: str, name_or_id: str) -> File | None:
        return self._one((files.c.user_id == user_id) & ((files.c.id == name_or_id) | (files.c.name == name_or_id)))

    def name_taken(self, name: str) -> bool:
        return self.connection.execute(select(files.c.id).where(files.c.name == name)).first() is not None

    def content(self, file_id: str) -> bytes:
        return bytes(self.connection.execute(select(files.c.content).where(files.c.id == file_id)).scalar_one())

    def add(self, file: File, content: bytes) -> None:
        self.connection.execute(insert(files), {**asdict(file), "content": content})

    def remove(self, file_id: str) -> None:
        self.connection.execute(delete(files).where(files.c.id == file_id))

    def _one(self, which: ColumnElement[bool]) -> File | None:
        return FILE.maybe(self.connection.execute(select(*FILE.columns).where(which)).first())
