#!/usr/bin/env python3
"""Measures what a run costs, and prints the tables that README.md shows.

    python3 benches/run/figures.py [--quick] [--only calls,process,items]

Builds `autosafe` and the plain server beside this file with the profile `dist`, and runs
`load.ots` against it, with every call rendered, validated and durable. Nothing else should run on
the machine. About six minutes; `--quick` measures for three seconds instead of fifteen.

The share is calls a second ÷ (calls in flight ÷ latency). Calls are counted by the server, and CPU is
the client's, in a window that begins two seconds after the start; the dataset, written at the end, is
not in it. The peak of memory is that of the client's whole life. What its journal holds in the end
is compared with what the server has answered.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
LATENCY = 200
HUNDRED_THOUSAND = 100_000


def build():
    """The two programs, built as one installs them for long runs."""
    packages = ["-p", "autosafe", "-p", "plain-server", "--features", "autosafe/jemalloc"]
    command = ["cargo", "build", "--locked", "--profile", "dist", *packages]
    subprocess.run(command, cwd=ROOT, check=True)
    return TARGET / "dist" / "autosafe", TARGET / "dist" / "plain-server"


class Server:
    """The plain server, for as long as the block lasts."""

    def __init__(self, program, latency):
        self.command = [program, "--latency", str(latency)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        return self

    def answered(self):
        """Calls answered so far."""
        with urllib.request.urlopen(self.url + "/count") as answer:
            return int(answer.read())

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Child:
    """A process whose peak of memory is known in the end."""

    def __init__(self, command, **options):
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, text=True, **options)

    def wait(self):
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - self.started
        self.peak_mb = usage.ru_maxrss / 1024
        return self


def allow_many_files():
    """Thousands of connections are thousands of open files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def look(count, child):
    """How many calls there were, what the client took for them, and when that was."""
    fields = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return count(), cpu, time.monotonic()


def window(count, seconds, child):
    """Calls a second, and milliseconds of CPU for each, in the middle of a client's life."""
    time.sleep(2.0)
    first, cpu_before, start = look(count, child)
    time.sleep(seconds)
    last, cpu_after, end = look(count, child)
    calls = last - first
    return calls / (end - start), (cpu_after - cpu_before) / calls * 1000


def status(autosafe, folder):
    output = subprocess.run([autosafe, "status", folder, "--format", "json"], stdout=subprocess.PIPE, check=True)
    return json.loads(output.stdout)


def run_command(autosafe, plan, folder, *further):
    return [autosafe, "run", plan, "--out", folder, *further]


def measure_run(programs, plan, in_flight, latency, seconds, client="autosafe"):
    """One row of the table: AutoSafe's whole pipeline against the plain server."""
    autosafe, plain_server = programs
    with tempfile.TemporaryDirectory(dir=TARGET) as folder, Server(plain_server, latency) as server:
        environment = {**os.environ, "AUTOSAFE_BENCH_URL": server.url + "/v1"}
        budget = ["--budget", f"time={seconds + 3}s", "--concurrency", str(in_flight)]
        child = Child(
            run_command(autosafe, plan, folder, *budget), env=environment, stdout=subprocess.DEVNULL
        )
        rate, cpu = window(server.answered, seconds, child)
        child.wait()
        kept, answered = status(autosafe, folder)["calls"], server.answered()
        if kept != answered:
            sys.exit(f"the journal holds {kept} calls, and the server answered {answered}")
        return row(client, in_flight, latency, rate, cpu, child)


def measure_by_hand(python, plain_server, in_flight, latency, seconds):
    """The same row for the client written by hand."""
    with Server(plain_server, latency) as server:
        command = [python, HERE / "by_hand.py", server.url, str(in_flight), str(seconds + 3)]
        child = Child(command, stdout=subprocess.DEVNULL)
        rate, cpu = window(server.answered, seconds, child)
        child.wait()
        return row("aiohttp, by hand", in_flight, latency, rate, cpu, child)


def row(client, in_flight, latency, rate, cpu, child):
    share = f"{rate / (in_flight * 1000 / latency):.3f}" if latency else ""
    cells = [client, f"{latency} ms", f"{in_flight:,}", f"{rate:,.0f}", share]
    return cells + [f"{cpu:.3f}", f"{child.peak_mb:.0f}"]


def python_with_aiohttp():
    """A Python that has aiohttp, in an environment of its own; nothing where PyPI is not there."""
    folder = TARGET / "by-hand"
    python = folder / "bin" / "python"
    commands = [
        [sys.executable, "-m", "venv", folder],
        [python, "-m", "pip", "install", "--quiet", "aiohttp==3.13.2"],
    ]
    if python.exists() and subprocess.run([python, "-c", "import aiohttp"], capture_output=True).returncode == 0:
        return python
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"aiohttp cannot be installed, so its rows are missing: {error}", file=sys.stderr)
        return None
    return python


def table_of_calls(programs, plan, limited, seconds):
    print("\nCalls to a server on the same machine, every one rendered, validated and durable\n")
    head("client", "latency", "in flight", "calls/s", "share", "CPU ms/call", "peak MB")
    python = python_with_aiohttp()
    for latency, in_flight in [(LATENCY, 256), (LATENCY, 1000), (LATENCY, 4000), (0, 256)]:
        show(measure_run(programs, plan, in_flight, latency, seconds))
        if python:
            show(measure_by_hand(python, programs[1], in_flight, latency, min(seconds, 10)))
    show(measure_run(programs, limited, 256, 0, seconds, "autosafe, with RPM and TPM"))


def measure_in_process(programs, plan, seconds):
    """The simulated model in the same process: no server, all the rest."""
    print("\nIn process, with the simulated model\n")
    head("calls/s", "CPU ms/call", "peak MB")
    with tempfile.TemporaryDirectory(dir=TARGET) as folder:
        command = run_command(programs[0], plan, folder, "--budget", f"time={seconds + 3}s")
        child = Child(command, stdout=subprocess.DEVNULL)
        rate, cpu = window(lambda: status(programs[0], folder)["calls"], seconds, child)
        child.wait()
        show([f"{rate:,.0f}", f"{cpu:.3f}", f"{child.peak_mb:.0f}"])


def first_call_of(server, started):
    while server.answered() == 0:
        time.sleep(0.005)
    return time.monotonic() - started


def table_of_items(programs, plan, in_process):
    """What a plan of 1,000,000 items costs before, at the beginning and further on."""
    autosafe, plain_server = programs
    print("\nA plan of 1,000,000 items\n")
    head("what", "seconds", "peak MB")
    with tempfile.TemporaryDirectory(dir=TARGET) as folder, Server(plain_server, 0) as server:
        environment = {**os.environ, "AUTOSAFE_BENCH_URL": server.url + "/v1"}
        child = Child(
            run_command(autosafe, plan, folder, "--budget", "time=1s", "--concurrency", "1"),
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        start = first_call_of(server, child.started)
        child.wait()
        show(["from the command to the first call", f"{start:.2f}", ""])
        show(["a few items, one call in flight", f"{child.seconds:.1f}", f"{child.peak_mb:.0f}"])
    with tempfile.TemporaryDirectory(dir=TARGET) as folder:
        for count in (1000, HUNDRED_THOUSAND):
            child = measure_items(autosafe, in_process, folder, count)
            show([f"{count:,} items in process, dataset written", f"{child.seconds:.1f}", f"{child.peak_mb:.0f}"])
        calls = status(autosafe, folder)["calls"]
        seconds = measure_resuming(autosafe, in_process, folder)
        show([f"from the command to the first new call, after {calls:,}", f"{seconds:.2f}", ""])
        for name, command in (("status", ["status"]), ("export", ["export"])):
            child = Child([autosafe, *command, folder], stdout=subprocess.DEVNULL).wait()
            show([f"{name} of these", f"{child.seconds:.2f}", f"{child.peak_mb:.0f}"])
    child = Child([autosafe, "plan", in_process, "--items"], stdout=subprocess.DEVNULL).wait()
    show(["plan --items, all of them", f"{child.seconds:.1f}", f"{child.peak_mb:.0f}"])


def measure_items(autosafe, plan, folder, count):
    """A run that is interrupted once it has finished `count` items."""
    child = Child(run_command(autosafe, plan, folder), stdout=subprocess.DEVNULL)
    while True:
        time.sleep(0.2)
        if (Path(folder) / "journal.sqlite").exists():
            try:
                items = status(autosafe, folder)["items"]
            except subprocess.CalledProcessError:
                continue
            if items["done"] + items["dropped"] + items["failed"] >= count:
                child.process.send_signal(2)
                return child.wait()


def measure_resuming(autosafe, plan, folder):
    """How long a run that goes on takes to its first new call; it is killed after that."""
    before = status(autosafe, folder)["calls"]
    child = Child(run_command(autosafe, plan, folder), stdout=subprocess.DEVNULL)
    while status(autosafe, folder)["calls"] == before:
        time.sleep(0.02)
    seconds = time.monotonic() - child.started
    child.process.kill()
    child.wait()
    return seconds


def head(*cells):
    show(cells)
    show(["---"] * len(cells))


def show(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def compile_plan(autosafe, campaign):
    path = TARGET / f"load-{campaign}.json"
    command = [autosafe, "compile", HERE / "load.ots", "--campaign", campaign, "-o", path]
    subprocess.run(command, check=True)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="calls,process,items")
    arguments = parser.parse_args()
    allow_many_files()
    programs = build()
    campaigns = ("Load", "WithLimits", "InProcess")
    served, limited, in_process = (compile_plan(programs[0], campaign) for campaign in campaigns)
    seconds = 3 if arguments.quick else 15
    parts = arguments.only.split(",")
    if "calls" in parts:
        table_of_calls(programs, served, limited, seconds)
    if "process" in parts:
        measure_in_process(programs, in_process, seconds)
    if "items" in parts:
        table_of_items(programs, served, in_process)


main()
