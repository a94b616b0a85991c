"""A web server on this machine that misbehaves on demand."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from errata.sources.registry import Source


@dataclass
class LoopbackServer:
    """Serves `bodies` by path; `behaviours` says how each request in turn is answered, the last one for ever.

    Behaviours: `good`, `truncated` (half, then the connection closes), `stalled` (half, then silence), `wrong` (other
    content of the same length), `short` (half, and its length), a status such as `404`, `429 after 7` (with
    Retry-After), or `-> URL` (a redirect). HEAD is answered alike, without the content; it uses up statuses only.

    `headers`, `not_found`: more headers of a path, and of every 404.
    """

    port: int = 0
    bodies: dict[str, bytes] = field(default_factory=dict)
    behaviours: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    not_found: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def serve(self, path: str, body: bytes, *behaviours: str) -> Source:
        """Serve `body` under `path` and return the registry's row for it."""
        self.bodies[path] = body
        self.behaviours[path] = list(behaviours) or ["good"]
        file = path.rsplit("/", 1)[1]
        sha256 = hashlib.sha256(body).hexdigest()
        return Source(file.split(".")[0], file, self.url(path), len(body), sha256, "none", "")


def _handler(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            behaviours = server.behaviours.get(self.path, ["404"])
            is_status = behaviours[0][0].isdecimal()
            behaviour = behaviours.pop(0) if is_status and len(behaviours) > 1 else behaviours[0]
            self.answer(behaviour if is_status else "good", only_headers=True)

        def do_GET(self) -> None:
            server.requests.append((self.path, dict(self.headers)))
            behaviours = server.behaviours.get(self.path, ["404"])
            self.answer(behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])

        def answer(self, behaviour: str, *, only_headers: bool = False) -> None:
            self.close_connection = True
            status, _, wait = behaviour.partition(" after ")
            if status.isdecimal():
                self.send_response(int(status))
                more = {"Retry-After": wait} if wait else server.not_found if status == "404" else {}
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif behaviour.startswith("-> "):
                self.send_response(302)
                self.send_header("Location", behaviour.removeprefix("-> "))
                self.end_headers()
            else:
                self.send_body(server.bodies[self.path], behaviour, only_headers=only_headers)

        def send_body(self, body: bytes, behaviour: str, *, only_headers: bool) -> None:
            if behaviour == "wrong":
                body = bytes(byte ^ 1 for byte in body)
            elif behaviour == "short":
                body = body[: len(body) // 2]
            self.send_response(200)
            for name, value in server.headers.get(self.path, {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if only_headers:
                return
            self.wfile.write(body[: len(body) // 2] if behaviour in ("truncated", "stalled") else body)
            self.wfile.flush()
            if behaviour == "stalled":
                server.closing.wait()

    return Handler


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    loopback = LoopbackServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(loopback)) as listener:
        loopback.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield loopback
        loopback.closing.set()
        listener.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without waits, and servers that fall silent are given up soon."""
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    monkeypatch.setattr("pooch.downloaders.DEFAULT_TIMEOUT", 0.3)


@pytest.fixture
def row() -> Callable[..., Source]:
    """Make a row of the registry for a file that no server has."""

    def make(body: bytes | None, *, file: str = "labels.json", key: str = "labels") -> Source:
        sha256 = hashlib.sha256(body).hexdigest() if body is not None else None
        return Source(key, file, f"https://nowhere.invalid/{file}", None, sha256, "none", "")

    return make
