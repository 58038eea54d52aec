"""The app with one more route that answers a constant: what the server itself costs, without the engine.

The constant has the size of a usual answer and goes the way of every other: the same worker, checks, headers and log.
"""

import os

from flask import Flask, Response

import app


def create_app() -> Flask:
    """Return the app with the route `/constant`."""
    served = app.create_app()
    content = b'{"completions":"' + b"x" * (int(os.environ["NEXTQUERY_CONSTANT_BYTES"]) - 19) + b'"}\n'

    @served.get("/constant")
    def constant() -> Response:
        return Response(content, content_type="application/json")

    return served
