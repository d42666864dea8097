"""A web server on this machine that offers one file, well or badly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Offer:
    """What the server sends, and the Range headers it was asked with."""

    content: bytes = b""
    etag: str = '"v1"'
    content_type: str = "application/octet-stream"
    status: int = 200
    stop_after: int | None = None
    honours_ranges: bool = True
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


def _handler(offer: Offer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            offer.ranges.append(asked)
            if offer.status != 200:
                self.send_error(offer.status)
                return
            start = 0
            fresh = self.headers.get("If-Range") in (None, offer.etag)
            if asked and offer.honours_ranges and fresh:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                if start >= len(offer.content):
                    self.send_error(416)
                    return
            body = offer.content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Type", offer.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", offer.etag)
            self.end_headers()
            self.wfile.write(body if offer.stop_after is None else body[: offer.stop_after])

        def log_message(self, *_: object) -> None:
            return

    return Handler


@contextmanager
def serving(offer: Offer) -> Iterator[Offer]:
    """``offer`` at its ``url`` until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(offer)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        offer.url = f"http://127.0.0.1:{server.server_port}/weights.pth"
        try:
            yield offer
        finally:
            server.shutdown()
            thread.join()
