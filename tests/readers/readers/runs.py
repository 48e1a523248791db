"""The runs that are read: both of the simulated model, one small, one with several toolkits."""

import subprocess
from pathlib import Path

SOURCES = ["scenarios/quickstart.ots", "scenarios/workplace.ots"]

EXPORTS = (
    "sft,alpaca,sharegpt,dpo,kto,judge,trajectories,stepwise,atif,agentdog,inspect"
)


def make(autosafe: Path, repository: Path, folder: Path, parquet: bool) -> list[Path]:
    """Runs each source, and gives the folders of the runs, with all exports written."""
    runs = []
    for source in SOURCES:
        run = folder / Path(source).stem
        if not run.exists():
            _call(autosafe, "run", repository / source, "--out", run)
        arguments = ["--format", EXPORTS] + (["--parquet"] if parquet else [])
        _call(autosafe, "export", run, *arguments)
        for trainer in ["llamafactory", "trl", "axolotl"]:
            _call(autosafe, "export", run, "--recipe", trainer)
        runs.append(run)
    return runs


def _call(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)
