"""Data in a git repository, as they were at one commit."""

import os
import re
import shutil
import subprocess
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from leyden.assets.stream import redact
from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.storage.store import keep
from leyden.errors import CatalogError, DriverMissing, NetworkMissing

__all__ = ["git"]

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ELSEWHERE = re.compile(r"[\w.@-]{2,}:")  # user@host:path; one letter is a drive of Windows
# no prompts, no protocol that runs a program of the address's choice, none of the surrounding repository's settings
_SETTINGS = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "LC_ALL": "C.UTF-8"}
_LOCAL = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE")


def git(entry: DatasetEntry, *, url: str, revision: str) -> Path:
    """The driver "git": the files of a repository at one commit, fetched once; the history is left away.

    Submodules are not fetched. The `git` program is used as the user has set it up, with its keys and large files.

    Args:
        entry: what is declared.
        url: the address, or the folder, of a repository.
        revision: a full commit keeps the data as they are and works offline; a branch or tag is looked up at every use.

    Raises:
        DriverMissing: there is no `git` program.
        NetworkMissing: the repository cannot be reached.
        CatalogError: it has no such revision.
    """
    address = _address(entry, url)
    if revision.startswith("-") or not revision.strip():
        raise CatalogError(f"revision {revision!r} is no commit, branch or tag")
    commit = revision if _COMMIT.fullmatch(revision) else _looked_up(address, revision)
    name = re.sub(r"\.git$", "", re.split(r"[/:\\]", address.rstrip("/\\"))[-1])
    return keep("git", f"{address}\0{commit}", name=name or "repository", make=partial(_check_out, address, commit))


def _address(entry: DatasetEntry, url: str) -> str:
    address = entry.expand(url)
    if address.startswith("-"):
        raise CatalogError(f"{address!r} is no address of a repository")
    if len(urlsplit(address).scheme) > 1 or _ELSEWHERE.match(address):
        return address
    folder = entry.local(url).resolve()
    if not folder.is_dir():
        raise CatalogError(f"no repository {str(folder)!r}; bring it there, or edit `url` in {entry.declared}")
    return str(folder)


def _looked_up(address: str, revision: str) -> str:
    """The commit that a branch or tag stands for now; an annotated tag stands for what it is on."""
    names = {f"refs/heads/{revision}": 0, f"refs/tags/{revision}": 1, f"refs/tags/{revision}^{{}}": 2, revision: 3}
    try:
        answer = _run("ls-remote", "--", address, *names, address=address)
    except NetworkMissing as error:
        raise NetworkMissing(f"{error}; a full commit as revision needs no network once it was fetched") from error
    listed = [line.split("\t") for line in answer.splitlines()]
    found = sorted((names[name], commit) for commit, name in listed if name in names)
    if not found:
        raise CatalogError(f"{redact(address)} has no branch or tag {revision!r}; a commit is written in full")
    return found[-1][1]


def _check_out(address: str, commit: str, goal: Path) -> None:
    goal.mkdir()
    _run("init", "--quiet", ".", folder=goal, address=address)
    try:
        _run("fetch", "--quiet", "--depth=1", "--", address, commit, folder=goal, address=address)
    except NetworkMissing:  # older servers give single commits of branches only, so take them all
        _run("fetch", "--quiet", "--tags", "--", address, "+refs/heads/*:refs/heads/*", folder=goal, address=address)
    try:
        _run("checkout", "--quiet", "--detach", commit, folder=goal, address=address)
    except NetworkMissing as error:
        raise CatalogError(f"{redact(address)} cannot be checked out at commit {commit}: {error}") from error
    shutil.rmtree(goal / ".git")


def _run(*arguments: str, address: str, folder: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL} | _SETTINGS
    command = ["git", "-c", f"core.hooksPath={os.devnull}", "-c", "gc.auto=0", "-c", "advice.detachedHead=false"]
    try:
        done = subprocess.run(
            [*command, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise DriverMissing("driver 'git' needs the git program, which is not installed or not on PATH") from error
    if done.returncode:
        said = " | ".join(line.strip() for line in done.stderr.splitlines() if line.strip()) or "nothing"
        said = said.replace(address, redact(address))
        raise NetworkMissing(f"git could not {arguments[0]} {redact(address)}; it says: {said}")
    return done.stdout
