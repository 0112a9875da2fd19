"""A cache of its own for every test, a shop that serves files on the loopback, and packers for hand-made archives."""

import base64
import hashlib
import io
import os
import socket
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest


@dataclass
class Shop:
    """What a loopback server holds, how it behaves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    break_after: int | None = None
    login: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)
    address: str = ""

    def at(self, path: str) -> str:
        return f"{self.address}{path}"


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = self.headers.get("Range")
            shop.asked.append((self.path, wanted))
            shop.logins.append(self.headers.get("Authorization"))
            expected = shop.login and f"Basic {base64.b64encode(shop.login.encode()).decode()}"
            if expected and self.headers.get("Authorization") != expected:
                return self.send_error(401)
            if self.path in shop.moved:
                self.send_response(302)
                self.send_header("Location", shop.moved[self.path])
                return self.end_headers()
            if self.path not in shop.files:
                return self.send_error(404)
            return self._send(shop.files[self.path], wanted)

        def _send(self, data: bytes, wanted: str | None):
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and shop.ranges else 0
            if start >= len(data) > 0:
                return self.send_error(416)
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.send_header("Content-Type", shop.kinds.get(self.path, "text/html"))
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            stop = None if shop.break_after is None else start + shop.break_after
            with suppress(ConnectionError):
                self.wfile.write(data[start:stop])
            self.close_connection = True
            return None

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEYDEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LEYDEN_ASSETS", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return tmp_path / "cache"


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop))
    shop.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield shop
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def bare_pip(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Make pip forget this machine's settings and give up at the first refusal."""
    for name in [one for one in os.environ if one.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    return monkeypatch


@pytest.fixture(scope="session")
def fresh_name() -> Callable[[], str]:
    """The register lives as long as the process, so tests need names nobody else has."""
    return lambda: f"test-{uuid4().hex}"


@pytest.fixture(scope="session")
def pack() -> Callable[..., bytes]:
    """Pack `{name: bytes}` as "zip", "tar.gz", "tar.xz" or "deb"."""
    return _pack


def _pack(kind: str, files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return packed.getvalue()
    if kind == "deb":
        parts = {
            "debian-binary": b"2.0\n",
            "control.tar.xz": _pack("tar.xz", {}),
            "data.tar.xz": _pack("tar.xz", files),
        }
        return ar(parts)
    with tarfile.open(fileobj=packed, mode=f"w:{kind.removeprefix('tar.')}") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def ar(parts: dict[str, bytes]) -> bytes:
    """Lay parts one after another as ar(1) does."""
    packed = b"!<arch>\n"
    for name, data in parts.items():
        packed += (
            f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
        )
    return packed


@pytest.fixture(scope="session")
def pack_ar() -> Callable[[dict[str, bytes]], bytes]:
    return ar


@pytest.fixture(scope="session")
def wheel() -> Callable[..., tuple[str, bytes, str]]:
    """A wheel that pip accepts: its file name, its bytes, their SHA-256."""

    def build(project: str, data: bytes, *, tags: str = "py3-none-any") -> tuple[str, bytes, str]:
        folder = f"{project}-1.0.dist-info"
        packed = _pack(
            "zip",
            {
                f"{project}/data.bin": data,
                f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n".encode(),
                f"{folder}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tags}\n".encode(),
                f"{folder}/RECORD": b"",
            },
        )
        return f"{project}-1.0-{tags}.whl", packed, hashlib.sha256(packed).hexdigest()

    return build
