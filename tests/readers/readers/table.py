"""The readers' table."""

from dataclasses import dataclass, field


@dataclass
class Table:
    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, export: str, reader: str, written: int, same: int) -> None:
        """Adds what a reader made of one file of an export."""
        sums = self.rows.setdefault((export, reader), [0, 0])
        sums[0] += written
        sums[1] += same

    def print(self) -> bool:
        """Prints it, and says whether every row survived."""
        print(f"\n{'export':<16} {'written':>8} {'the same':>9}  by")
        for (export, reader), (written, same) in sorted(self.rows.items()):
            mark = "" if written == same and written > 0 else "   <-- NOT ALL"
            print(f"{export:<16} {written:>8} {same:>9}  {reader}{mark}")
        for note in self.notes:
            print(note)
        return all(written == same and written > 0 for written, same in self.rows.values())
