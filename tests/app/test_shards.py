"""A model cut by first characters and served by two servers behind a proxy: real processes, found by the prefix."""

import contextlib
import http.client
import json
import threading
from collections import Counter
from http.server import ThreadingHTTPServer
from urllib.parse import urlencode

import pytest

import xmr_engine
from benchmarks.server import running
from benchmarks.shards import cut, handler_of, shard_of
from xmr_engine.data.pairs import read_pairs, take, write_pairs

FIRST = ("m",)


@pytest.mark.parametrize(("text", "shard"), [("", 0), ("lens", 0), ("m", 1), ("nikon", 1), ("数码", 1), ("'", 0)])
def test_a_text_belongs_to_one_shard(text, shard):
    assert shard_of(text, FIRST) == shard


def test_shards_behind_a_proxy_answer_as_the_whole(shop_log, tmp_path):
    """Up to three characters without a session popularity alone decides, so every shard must answer as the whole."""
    pairs = read_pairs(shop_log)
    pairs = take(pairs, range(3000))
    parts, asked = cut(pairs, FIRST), Counter(pairs.next)
    assert sum(len(part.next) for part in parts) == len(pairs.next)
    for name, part in zip(("whole", "a", "m"), (pairs, *parts), strict=True):
        write_pairs(part, tmp_path / f"{name}.tsv")
        xmr_engine.train(tmp_path / f"{name}.tsv", out=tmp_path / name / name, index="hybrid")
    whole = xmr_engine.open_completer(tmp_path / "whole" / "whole")
    prefixes = sorted({text[:n] for text in pairs.next[::40] for n in (1, 2, 3)})
    with contextlib.ExitStack() as opened:
        servers = [opened.enter_context(running(tmp_path / name, tmp_path / f"{name}.log")) for name in ("a", "m")]
        proxy = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(FIRST, [server.port for server in servers]))
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            for prefix in prefixes:
                found = ask(proxy.server_port, prefix)
                assert found["model"] == ("m" if prefix >= "m" else "a")
                expected = [row.text for row in whole.complete(prefix, k=5) if row.match == "prefix"]
                shown = [row["text"] for row in found["completions"] if row["match"] == "prefix"]
                assert shown
                assert all(text.startswith(prefix) for text in shown)
                for there, here in zip(shown, expected, strict=False):  # how many are worth offering, each fits itself
                    assert asked[there] == asked[here], prefix
        finally:
            proxy.shutdown()
            thread.join()
            proxy.server_close()


def ask(port, prefix):
    """Ask the proxy for completions without a session."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", "/api/v1/complete?" + urlencode({"prefix": prefix, "k": 5, "context": "off"}))
        return json.loads(connection.getresponse().read())
