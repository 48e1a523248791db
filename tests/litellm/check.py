"""Runs the quickstart through LiteLLM's proxy, in front of the simulated model, both ways round.

    autosafe, OpenAI's dialect    -> LiteLLM -> Anthropic's dialect, the simulated model
    autosafe, Anthropic's dialect -> LiteLLM -> OpenAI's dialect, the simulated model

    python3 tests/litellm/check.py target/debug/autosafe VENV

installs LiteLLM into the folder VENV if it is not there, and leaves with 0 when both runs finish
with records, 75 when LiteLLM cannot be installed, and 1 otherwise.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

LITELLM = "litellm[proxy]==1.108.7"
ROOT = Path(__file__).resolve().parents[2]
# Not a secret: the proxy of this test knows it, and nobody else.
KEY = "sk-litellm-check-0123456789"

CONFIG = """
model_list:
  - model_name: behind-openai
    litellm_params: {{model: hosted_vllm/sim, api_base: "{sim}/v1", api_key: none}}
  - model_name: behind-anthropic
    litellm_params: {{model: anthropic/sim, api_base: "{sim}", api_key: none}}
litellm_settings: {{telemetry: false, drop_params: true}}
general_settings: {{master_key: {key}}}
"""

MODEL = """
model Remote {{
  provider = {provider}
  base_url = "{proxy}/v1"
  api_key  = env("LITELLM_KEY")
  name     = "{name}"
  limits {{ concurrency = 16 }}
}}
"""

ROLES = "  roles { generator = Remote, simulator = Remote, agent = Remote, evaluator = Remote }\n"


def install(venv):
    """LiteLLM's program, or nothing where it cannot be had."""
    program = venv / "bin" / "litellm"
    if program.exists():
        return program
    steps = [
        [sys.executable, "-m", "venv", str(venv)],
        [str(venv / "bin" / "pip"), "install", "--quiet", "--no-cache-dir", LITELLM],
    ]
    for step in steps:
        if subprocess.run(step).returncode != 0:
            return None
    return program


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, process, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"{url} does not answer")


def run(autosafe, folder, provider, name, proxy):
    """One whole run of the quickstart, and how many records it gave."""
    source = (ROOT / "scenarios" / "quickstart.ots").read_text()
    model = MODEL.format(provider=provider, proxy=proxy, name=name)
    with_roles = source.replace("  rollout {", ROLES + "  rollout {", 1)
    if with_roles == source:
        raise SystemExit("the quickstart has no `rollout` to put the roles before")
    (folder / f"{provider}.ots").write_text(with_roles + model)
    out = folder / provider
    began = time.monotonic()
    subprocess.run(
        [autosafe, "run", f"{provider}.ots", "--out", str(out)],
        cwd=folder,
        env={**os.environ, "LITELLM_KEY": KEY},
        check=True,
    )
    records = [json.loads(line) for line in (out / "dataset" / "records.jsonl").open()]
    kinds = {record["kind"] for record in records}
    assert kinds == {"risk", "safe", "twin"}, kinds
    assert all(record["models"]["agent"] == [name] for record in records)
    took = time.monotonic() - began
    print(f"{provider} -> LiteLLM -> {name}: {len(records)} records in {took:.0f} s", flush=True)


def main():
    autosafe, venv = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    litellm = install(venv)
    if litellm is None:
        print(f"{LITELLM} cannot be installed here", file=sys.stderr)
        return 75
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        sim_port, proxy_port = free_port(), free_port()
        sim = f"http://127.0.0.1:{sim_port}"
        proxy = f"http://127.0.0.1:{proxy_port}"
        (folder / "config.yaml").write_text(CONFIG.format(sim=sim, key=KEY))
        log = (folder / "log").open("w")
        servers = [
            subprocess.Popen(
                [autosafe, "sim", "--listen", f"127.0.0.1:{sim_port}"], stderr=log
            ),
            subprocess.Popen(
                [litellm, "--config", folder / "config.yaml"]
                + ["--host", "127.0.0.1", "--port", str(proxy_port)],
                cwd=folder,
                env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
                stdout=log,
                stderr=log,
            ),
        ]
        try:
            wait_for(f"{sim}/v1/models", servers[0], 30)
            wait_for(f"{proxy}/health/liveliness", servers[1], 120)
            run(autosafe, folder, "openai", "behind-anthropic", proxy)
            run(autosafe, folder, "anthropic", "behind-openai", proxy)
        except BaseException:
            print((folder / "log").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
