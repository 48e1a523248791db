"""python -m readers --autosafe PROGRAM --work FOLDER [--parquet] [--heavy]"""

import argparse
import sys
from pathlib import Path

from . import light, runs
from .table import Table


def main() -> int:
    parser = argparse.ArgumentParser(prog="readers")
    parser.add_argument("--autosafe", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--parquet", action="store_true")
    parser.add_argument("--heavy", action="store_true")
    arguments = parser.parse_args()
    repository = Path(__file__).resolve().parents[3]
    made = runs.make(arguments.autosafe, repository, arguments.work, arguments.parquet)
    table = Table()
    for dataset in made:
        light.read(dataset, table)
    if arguments.heavy:
        from . import heavy, recipes

        for dataset in made:
            if dataset.name == "dataset":
                heavy.read(dataset, table)
                recipes.read(dataset.parent / "recipes", table)
    return 0 if table.print() else 1


sys.exit(main())
