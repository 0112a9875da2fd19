"""Finding the address of one named file on the package indexes that pip is set up to use.

`pip download` of an sdist runs the setup code inside it to learn its metadata, and so does `pip install --dry-run`. No
code of a package may run here, so for sdists pip is only asked for its settings; the page of the project is read as the
standard for simple repositories says, in HTML or JSON, and the file is fetched as plain bytes.

Used of the settings: index-url, extra-index-url, find-links, no-index, proxy, cert, client-cert, trusted-host, timeout;
credentials from the address or netrc. Not used: keyring, and retries (a broken download is taken up where it stopped).

Source:
    Simple repository API (PEP 503, PEP 691),
    https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

import ast
import json
import netrc
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import BaseHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from leyden.assets.source import PyPI
from leyden.assets.stream import redact
from leyden.errors import HashMismatch, NetworkMissing

__all__ = ["Link", "locate", "settings_from"]

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_PYPI = "https://pypi.org/simple"  # pip's own default
_PAGE_BYTES = 1 << 26


@dataclass(frozen=True)
class Link:
    """Where a file is and how to open it: with the proxies, certificates and credentials of pip's settings."""

    address: str
    opener: OpenerDirector
    timeout: float


def settings_from(listing: str) -> dict[str, str]:
    r"""Read the output of `pip config list` into the options that hold for `pip download`.

    Args:
        listing: Lines like `global.index-url='https://...'`.

    Returns:
        Option to value; the environment overrides `[download]`, which overrides `[global]`.

    Examples:
        >>> settings_from("global.timeout='9'\ninstall.timeout='1'\n:env:.timeout='60'")
        {'timeout': '60'}
    """
    found: dict[str, str] = {}
    for section in ("global", "download", ":env:"):
        for line in listing.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(f"{section}."):
                found[key.removeprefix(f"{section}.")] = str(ast.literal_eval(value))
    return found


def locate(source: PyPI, settings: Mapping[str, str], *, sha256: str) -> Link:
    """Find the file of `source` on the first index or find-links place that has it.

    Args:
        source: Which file.
        settings: As `settings_from` gives them.
        sha256: The pinned hash; a place that promises another one is passed over.

    Raises:
        NetworkMissing: No place has the file, or none can be reached.
        HashMismatch: The file is there, but every place says that its hash is another.
    """
    timeout = float(settings.get("timeout") or settings.get("default-timeout") or 30)
    tried, others = [], []
    for place in _places(source, settings):
        try:
            links = list(_links(place, source.file, settings=settings, timeout=timeout))
        except (OSError, HTTPException, ValueError) as error:
            tried.append(f"{redact(place)}: {getattr(error, 'reason', error)}")
            if isinstance(error, HTTPError):
                error.close()
            continue
        for link in links:
            address, fragment = urldefrag(link)
            promised = re.search(r"sha256=([0-9a-f]{64})", fragment)
            if promised and promised[1] != sha256:
                others.append(f"{redact(address)} has {promised[1]}")
            else:
                return Link(redact(address), _opener(address, settings), timeout)
        tried.append(f"{redact(place)}: has no {source.file}")
    if others:
        raise HashMismatch(f"pinned is {sha256}, but {'; '.join(others)}")
    raise NetworkMissing("; ".join(tried) or "pip's settings forbid every index (no-index) and name no find-links")


def _places(source: PyPI, settings: Mapping[str, str]) -> Iterator[str]:
    """Yield pages and folders in pip's order of trust: local links, the index, further indexes."""
    for place in settings.get("find-links", "").split():
        yield place if "://" in place else Path(place).expanduser().absolute().as_uri()
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        return
    project = re.sub(r"[-_.]+", "-", source.project).lower()
    for base in [*(settings.get("index-url") or _PYPI).split(), *settings.get("extra-index-url", "").split()]:
        base_uri = base if "://" in base else Path(base).expanduser().absolute().as_uri()
        yield f"{base_uri.rstrip('/')}/{project}/"


def _links(place: str, file: str, *, settings: Mapping[str, str], timeout: float) -> Iterator[str]:
    """Yield the absolute addresses on one page, or in one local folder, that end in `file`."""
    if place.startswith("file:"):
        path = Path(unquote(urlsplit(place).path))
        if (path / file).is_file():
            yield (path / file).as_uri()
            return
        if path.is_dir() and not (path / "index.html").is_file():
            return
        place = place if path.is_file() else f"{place.rstrip('/')}/index.html"
    request = Request(redact(place), headers={"Accept": _ACCEPT, "Accept-Encoding": "identity"})
    with _opener(place, settings).open(request, timeout=timeout) as response:
        base, kind, page = response.url, response.headers.get("Content-Type", ""), response.read(_PAGE_BYTES)
    for link in _links_in_json(page, base) if "json" in kind else _links_in_html(page, base):
        if unquote(urlsplit(link).path).rsplit("/", 1)[-1] == file:
            yield link


def _links_in_json(page: bytes, base: str) -> list[str]:
    files = json.loads(page)["files"]
    return [f"{urljoin(base, one['url'])}#sha256={one.get('hashes', {}).get('sha256', '')}" for one in files]


def _links_in_html(page: bytes, base: str) -> list[str]:
    anchors = _Anchors(base)
    anchors.feed(page.decode("utf-8", "replace"))
    return anchors.links


class _Anchors(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if target and tag == "base":
            self.base = urljoin(self.base, target)
        elif target and tag == "a":
            self.links.append(urljoin(self.base, target))


def _opener(address: str, settings: Mapping[str, str]) -> OpenerDirector:
    """Build what opens `address` as pip would: its proxy, certificates, trusted hosts and credentials."""
    parts = urlsplit(address)
    context = ssl.create_default_context(cafile=settings.get("cert"))
    if settings.get("client-cert"):
        context.load_cert_chain(settings["client-cert"])
    if {parts.hostname, parts.netloc.rpartition("@")[2]} & set(settings.get("trusted-host", "").split()):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host = parts.hostname or ""
    login = _Credentials(host, _login(host, settings))
    proxy = settings.get("proxy")
    proxies = ProxyHandler({"http": proxy, "https": proxy} if proxy else None)
    return build_opener(proxies, HTTPSHandler(context=context), login)


class _Credentials(BaseHandler):
    """Sends a password to the one host it is for, and not on to where that host redirects."""

    def __init__(self, host: str, login: str | None) -> None:
        self.host = host
        self.login = login

    def http_request(self, request: Request) -> Request:
        if self.login and urlsplit(request.full_url).hostname == self.host:
            request.add_unredirected_header("Authorization", f"Basic {b64encode(self.login.encode()).decode()}")
        return request

    https_request = http_request


def _login(host: str, settings: Mapping[str, str]) -> str | None:
    """Return `user:password` for a host, from the addresses in the settings or from netrc."""
    for option in ("index-url", "extra-index-url", "find-links"):
        for place in settings.get(option, "").split():
            parts = urlsplit(place)
            if parts.hostname == host and parts.username:
                return f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    with suppress(OSError, netrc.NetrcParseError):
        found = netrc.netrc().authenticators(host)
        return f"{found[0]}:{found[2]}" if found else None
    return None
