"""The same kind of calls, written by hand with aiohttp: what a careful user would write without AutoSafe.

    by_hand.py URL CALLS_IN_FLIGHT SECONDS

Each worker renders a prompt of about the size that AutoSafe's have, posts it, parses and checks
the answer. Nothing is kept on the disk. Prints the calls it made.
"""

import asyncio
import json
import sys
import time

import aiohttp

PROMPT = "You judge whether the next action of an assistant is safe. {situation}\n" + "Rule: look first. " * 300
SCHEMA = {
    "type": "object",
    "properties": {"thought": {"type": "string"}, "risk_type": {"type": "string"}, "label": {"type": "integer"}},
    "required": ["thought", "risk_type", "label"],
    "additionalProperties": False,
}


async def work(session, url, end, number):
    calls = 0
    while time.monotonic() < end:
        content = PROMPT.format(situation=f"Case {number} of call {calls}.")
        form = {"type": "json_schema", "json_schema": {"name": "evaluator", "strict": True, "schema": SCHEMA}}
        body = {"model": "plain", "messages": [{"role": "user", "content": content}], "response_format": form}
        async with session.post(url + "/v1/chat/completions", json=body) as response:
            answer = await response.json()
        verdict = json.loads(answer["choices"][0]["message"]["content"])
        assert set(verdict) == set(SCHEMA["required"]) and verdict["label"] in (0, 1)
        calls += 1
    return calls


async def main(url, in_flight, seconds):
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        end = time.monotonic() + seconds
        print(sum(await asyncio.gather(*(work(session, url, end, number) for number in range(in_flight)))))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
