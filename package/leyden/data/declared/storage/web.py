"""Data at web addresses: any file, and files of a model hub."""

import fnmatch
import io
import json
import os
import re
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit
from urllib.request import HTTPBasicAuthHandler, HTTPPasswordMgrWithPriorAuth, OpenerDirector, build_opener

from leyden.assets.source import sha256_of
from leyden.assets.stream import redact, stream
from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.fingerprint import content_hash, verify
from leyden.data.declared.storage.archive import inner_path
from leyden.data.declared.storage.store import keep
from leyden.data.library import library
from leyden.errors import CatalogError, HashMismatch, NetworkMissing

__all__ = ["https", "hub"]

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SCHEMES = ("https", "http", "ftp", "sftp", "doi")
_REPOSITORY = re.compile(r"(?:\w[\w.-]*/)?\w[\w.-]*")
_CHUNK = 1 << 20
_TIMEOUT = 30.0  # seconds without a byte, as for assets


def https(entry: DatasetEntry, *, url: str, filename: str = "") -> Path:
    """The driver "https": one file at an address, fetched once; broken downloads go on where they stopped.

    Also "doi:10.5281/zenodo.1234/scans.zip", "ftp://" and "sftp://", through pooch. What is not encrypted on its way
    (http, ftp) must have a SHA-256. Without one, the first fetch warns, and says which to write into the TOML file.

    Args:
        entry: what is declared.
        url: the address; `${NAME}` stands for a variable of the environment.
        filename: what the file is called here, if the address does not end in that.
    """
    address = entry.expand(url)  # with a login, if it holds one: messages and the cache get it without
    _check_address(address, entry.sha256)
    name = filename or PurePosixPath(unquote(urlsplit(address).path)).name
    bring = partial(_bring, address, entry=entry)
    return keep("web", redact(address), name=name, make=_pinned(entry, bring), sound=_soundness(entry))


def hub(
    entry: DatasetEntry, *,
    repo: str, files: str | list[str], revision: str = "main", endpoint: str = "",
    kind: Literal["dataset", "model", "space"] = "dataset",
) -> Path:  # fmt: skip
    """The driver "hub": files of a repository of Hugging Face, or of a server like it; fetched once.

    A token is read from HF_TOKEN and sent to the endpoint only.

    Args:
        entry: what is declared.
        repo: such as "owner/name".
        files: one file, or a list of files and patterns, which makes a folder; "*" stands for folders too.
        revision: a commit keeps the data as they are; a branch or tag may move.
        endpoint: the server; HF_ENDPOINT, or https://huggingface.co if that is not set.
        kind: of repository.
    """
    if not _REPOSITORY.fullmatch(repo):
        raise CatalogError(f"repo is written owner/name; given {repo!r}")
    if not files:
        raise CatalogError("files is empty; name one, several, or all: ['*']")
    server = entry.expand(endpoint or os.environ.get("HF_ENDPOINT", "") or "https://huggingface.co").rstrip("/")
    _check_address(server, "")
    base = f"{server}/{'' if kind == 'model' else f'{kind}s/'}{repo}/resolve/{quote(revision, safe='')}"
    if isinstance(files, str):
        bring = partial(_authorised, f"{base}/{quote(str(inner_path(files)))}")
        name = PurePosixPath(files).name
        return keep("hub", f"{base}\0{files}", name=name, make=_pinned(entry, bring), sound=_soundness(entry))

    def bring_all(goal: Path) -> None:
        for one in _matching(files, f"{server}/api/{kind}s/{repo}/revision/{quote(revision, safe='')}"):
            target = goal / inner_path(one)
            target.parent.mkdir(parents=True, exist_ok=True)
            _authorised(f"{base}/{quote(one)}", target)

    name = repo.rsplit("/", 1)[-1]
    return keep(
        "hub", f"{base}\0{json.dumps(files)}", name=name, make=_pinned(entry, bring_all), sound=_soundness(entry)
    )


def _check_address(address: str, sha256: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES:
        raise CatalogError(f"{redact(address)!r} begins with none of {', '.join(_SCHEMES)}")
    if parts.scheme in ("http", "ftp") and parts.hostname not in _LOOPBACK and not sha256:
        raise CatalogError(f"{redact(address)} is not encrypted on its way; write https, or add the sha256 of the file")


def _soundness(entry: DatasetEntry) -> Callable[[Path], bool] | None:
    def sound(path: Path) -> bool:
        try:
            verify(path, entry.sha256, advice="")
        except HashMismatch:
            return False
        return True

    return sound if entry.sha256 else None


def _pinned(entry: DatasetEntry, bring: Callable[[Path], None]) -> Callable[[Path], None]:
    """Bring a file or folder and check it before it gets its name; if nothing is pinned, say what would pin it."""

    def make(goal: Path) -> None:
        bring(goal)
        found = content_hash(goal)
        if entry.sha256 and found != entry.sha256:
            raise HashMismatch(
                f"what came has SHA-256 {found}, declared is {entry.sha256}, and nothing was kept; if you trust what "
                f"came, write its SHA-256 into {entry.declared}, otherwise find out who changed it"
            )
        if entry.pin == "none":
            warnings.warn(
                f"dataset {entry.name!r} is not pinned, so it may change at its source unseen; to pin what came now "
                f'write sha256 = "{found}" into {entry.declared}',
                UserWarning,
                stacklevel=2,
            )

    return make


def _bring(address: str, goal: Path, *, entry: DatasetEntry) -> None:
    """Stream over http; a part left by an earlier try that turns out to be of another file is fetched once more."""
    if urlsplit(address).scheme not in ("https", "http"):
        return _downloaded(address, goal)
    part, plain = goal.with_name(".part"), redact(address)
    resumed = part.exists()
    stream(plain, part, opener=_opener(address))
    if resumed and entry.sha256 and sha256_of(part) != entry.sha256:
        part.unlink()
        stream(plain, part, opener=_opener(address))
    part.replace(goal)
    return None


def _opener(address: str) -> OpenerDirector:
    """What opens an address with the login in it, which is not sent on to another host."""
    parts = urlsplit(address)
    logins = HTTPPasswordMgrWithPriorAuth()
    if parts.username:
        login = unquote(parts.username), unquote(parts.password or "")
        logins.add_password(None, redact(address), *login, is_authenticated=True)
    return build_opener(HTTPBasicAuthHandler(logins))


def _downloaded(address: str, goal: Path) -> None:
    pooch = library("pooch", purpose=f"fetching {redact(address)}")
    _guarded(redact(address), pooch.downloaders.choose_downloader(address), address, str(goal))


def _authorised(address: str, goal: Path | io.BytesIO) -> None:
    """Fetch through pooch, whose requests drop the token when they are sent on to another host."""
    pooch = library("pooch", purpose=f"fetching {address}")
    headers = {"Accept-Encoding": "identity"}
    fetch = pooch.HTTPDownloader(chunk_size=_CHUNK, timeout=_TIMEOUT, headers=headers, auth=_bearer)
    _guarded(address, fetch, address, str(goal) if isinstance(goal, Path) else goal)


def _bearer(request: Any) -> Any:
    if token := os.environ.get("HF_TOKEN"):
        request.headers["Authorization"] = f"Bearer {token}"
    return request


def _guarded(address: str, fetch: Callable[..., object], *arguments: object) -> None:
    try:
        fetch(*arguments, None)
    except (OSError, ValueError) as error:  # requests derives its errors from OSError
        if getattr(error, "filename", None):
            raise
        status = getattr(getattr(error, "response", None), "status_code", 0)
        refused = "; set HF_TOKEN to a token that may read it" if status in (401, 403) else ""
        said = f"answers {status}" if status else f"cannot be reached: {error}"
        raise NetworkMissing(f"{address} {said}{refused}") from error


def _matching(patterns: list[str], listing: str) -> list[str]:
    """The files that are named or match, in the order of the patterns; the repository is only listed for a pattern."""
    plain = [one for one in patterns if not set("*?[") & set(one)]
    if len(plain) == len(patterns):
        return plain
    answer = io.BytesIO()
    _authorised(listing, answer)
    try:
        names = [str(one["rfilename"]) for one in json.loads(answer.getvalue())["siblings"]]
    except (ValueError, KeyError, TypeError) as error:
        raise NetworkMissing(f"{listing} does not answer as a hub does: {error!r}; check the endpoint") from error
    found: dict[str, None] = {}
    for pattern in patterns:
        fitting = [pattern] if pattern in plain else sorted(fnmatch.filter(names, pattern))
        if not fitting:
            raise CatalogError(
                f"no file of the repository fits {pattern!r}; it has {', '.join(sorted(names)[:8])}, ..."
            )
        found |= dict.fromkeys(fitting)
    return list(found)
