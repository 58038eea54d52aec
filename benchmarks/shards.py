"""A model cut by first characters: pairs divided, and the proxy that finds a keystroke's shard.

Knows first characters; knows nothing of what a shard answers. The proxy here stands for any that can choose by a
parameter; `docs/scale.md` shows the same for nginx.
"""

import http.client
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from xmr_engine.data.pairs import Pairs, take
from xmr_engine.text import normalise_prefix


def shard_of(text: str, first: Sequence[str]) -> int:
    """Return the shard of a text; `first` are the texts at which the second shard begins, the third, and so on."""
    return sum(text >= start for start in first)


def cut(pairs: Pairs, first: Sequence[str]) -> list[Pairs]:
    """Return the pairs of each shard: those whose next query belongs there, with all that was asked before."""
    shards = [shard_of(text, first) for text in pairs.next]
    return [take(pairs, [row for row, own in enumerate(shards) if own == shard]) for shard in range(len(first) + 1)]


def handler_of(first: Sequence[str], ports: Sequence[int]) -> type[BaseHTTPRequestHandler]:
    """Return a proxy's handler: it hands each keystroke to the server of its shard."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
            port = ports[shard_of(normalise_prefix(asked), first)]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request("GET", self.path)
                answer = connection.getresponse()
                body = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.getheader("Content-Type", "application/json"))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            finally:
                connection.close()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
