"""What it means that a row came back unchanged."""

import json
from pathlib import Path
from typing import Any


def lines(path: Path) -> list[Any]:
    """The rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file.read().split("\n") if line]


def same(read: Any, written: Any) -> bool:
    """Whether `read` says what `written` says.

    Two things may differ, and no others: a columnar reader has a null where a row lacks a field, and a
    text that is JSON may come back parsed, or JSON as a text.
    """
    if isinstance(written, dict) and isinstance(read, dict):
        added = read.keys() - written.keys()
        return (
            written.keys() <= read.keys()
            and all(same(read[key], value) for key, value in written.items())
            and all(empty(read[key]) for key in added)
        )
    if isinstance(written, list) and isinstance(read, list):
        return len(read) == len(written) and all(map(same, read, written))
    if isinstance(written, str) and not isinstance(read, str):
        return read is not None and parsed(written) == read
    if isinstance(read, str) and not isinstance(written, str):
        return parsed(read) == written
    return type(read) is type(written) and read == written


def empty(value: Any) -> bool:
    """Whether nothing is in it but nulls."""
    if isinstance(value, dict):
        return all(map(empty, value.values()))
    return value is None or value == []


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def count(read: list[Any], written: list[Any]) -> int:
    """How many rows came back the same, in their places."""
    return sum(map(same, read, written)) if len(read) == len(written) else 0
