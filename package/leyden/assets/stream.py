"""Fetching one address into one file, going on where an earlier try stopped.

Bytes are appended to a part file. A connection that breaks is taken up again with a Range request for as long as each
try brings something; the part stays for the next call. Whether the bytes are the right ones is for the caller to check.
"""

from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import TypeAlias
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, Request, build_opener
from urllib.response import addinfourl

from leyden.errors import NetworkMissing

__all__ = ["Progress", "redact", "stream"]

Progress: TypeAlias = Callable[[int, int], object]
"""Called with the bytes done and the bytes in all (0 where unknown), often."""

_CHUNK = 1 << 18


def stream(
    address: str, part: Path, *, opener: OpenerDirector | None = None, timeout: float = 30.0,
    on_progress: Progress | None = None,
) -> None:  # fmt: skip
    """Fetch `address` into `part`, appending to what `part` already holds.

    Args:
        address: https, http or file.
        part: Where the bytes go; need not exist.
        opener: For proxies, certificates and credentials; by default the system's, as urllib reads it.
        timeout: Seconds without a byte before a try counts as broken.
        on_progress: Called after each piece.

    Raises:
        NetworkMissing: The address cannot be reached, refuses, or keeps breaking off; `part` keeps what came.
        OSError: `part` cannot be written.
    """
    opener = opener or build_opener()
    while True:
        start = part.stat().st_size if part.exists() else 0
        response = _ask(opener, address, start=start, timeout=timeout)
        if response is None:
            part.unlink()  # longer than the file at the address: it is a part of something else
            continue
        broken = _append(response, part, start=start, on_progress=on_progress)
        if broken is None:
            return
        if part.stat().st_size <= start:
            raise NetworkMissing(f"{redact(address)} broke off after {part.stat().st_size} bytes: {broken}")


def redact(address: str) -> str:
    """Return the address without user name and password, fit for a message.

    Examples:
        >>> redact("https://me:secret@example.org/simple")
        'https://example.org/simple'
    """
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _ask(opener: OpenerDirector, address: str, *, start: int, timeout: float) -> HTTPResponse | addinfourl | None:
    """Open the address from byte `start` on; None if it has no such byte."""
    request = Request(address, headers={"Accept-Encoding": "identity"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        return opener.open(request, timeout=timeout)
    except HTTPError as error:
        error.close()  # else it holds the connection for as long as anybody holds the error
        if error.code == 416 and start:
            return None
        raise NetworkMissing(f"{redact(address)} answers {error.code} {error.reason}") from error
    except (OSError, HTTPException) as error:
        raise NetworkMissing(f"{redact(address)} cannot be reached: {getattr(error, 'reason', error)}") from error


def _append(response: HTTPResponse | addinfourl, part: Path, *, start: int, on_progress: Progress | None) -> str | None:
    """Write what comes; return why it stopped early, or None when all is there."""
    given = response.headers.get("Content-Range", "")
    if not given.startswith(f"bytes {start}-"):
        start = 0  # the server sends the whole file, whatever was asked
    length = response.headers.get("Content-Length")
    total = start + int(length) if length else 0
    done = start
    with response, part.open("r+b" if start else "wb") as file:
        file.seek(start)
        while True:
            try:
                piece = response.read1(_CHUNK)
            except (OSError, HTTPException) as error:
                return str(error) or type(error).__name__
            if not piece:
                break
            file.write(piece)
            done += len(piece)
            if on_progress:
                on_progress(done, total)
    return f"{done} of {total} bytes came" if done < total else None
