"""A cache, a working folder and no catalogs of this machine's user for every test; a server on the loopback."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@dataclass
class Shop:
    """What a server on the loopback holds, whom it lets in, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    token: str = ""
    asked: list[str] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)
    address: str = ""


def handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            shop.asked.append(self.path)
            shop.logins.append(self.headers.get("Authorization"))
            if shop.token and self.headers.get("Authorization") != f"Bearer {shop.token}":
                return self.send_error(401)
            if self.path in shop.moved:
                self.send_response(302)
                self.send_header("Location", shop.moved[self.path])
                self.send_header("Content-Length", "0")
                return self.end_headers()
            if self.path not in shop.files:
                return self.send_error(404)
            data = shop.files[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            return None

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("LEYDEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    for name in ("LEYDEN_DATA", "LEYDEN_ASSETS", "HF_TOKEN", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


def served() -> Iterator[Shop]:
    shop = Shop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(shop))
    shop.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield shop
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def shop() -> Iterator[Shop]:
    yield from served()


@pytest.fixture
def other_shop() -> Iterator[Shop]:
    yield from served()


@pytest.fixture
def declare(tmp_path: Path) -> Callable[..., Path]:
    """Write a TOML file of one dataset "it": its storage as keywords, other fields as text of their own."""

    def write(fields: str = "", **storage: object) -> Path:
        lines = [f"{name} = {spelt(value)}" for name, value in storage.items()]
        path = tmp_path / "work" / "Data.toml"
        path.write_text("\n".join(["[[datasets]]", 'name = "it"', fields, "[datasets.storage]", *lines]), "utf-8")
        return path

    return write


def spelt(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(spelt(one) for one in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{spelt(name)} = {spelt(one)}" for name, one in value.items()) + "}"
    return repr(value) if isinstance(value, int | float) else f"'''{value}'''" if "\n" in str(value) else f"'{value}'"
