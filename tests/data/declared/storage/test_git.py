import os
import subprocess

import pytest

from leyden.data.declared.fingerprint import content_hash
from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError, DriverMissing, HashMismatch, NetworkMissing


def run(folder, *arguments):
    environment = {
        **os.environ, "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    }  # fmt: skip
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository with a word of its own in each of two commits, the first tagged, and a side branch."""
    folder = tmp_path / "work" / "words.git repo"
    folder.mkdir()
    run(folder, "init", "--quiet", "--initial-branch=main")
    for word in ("first", "second"):
        (folder / "word.txt").write_text(word)
        (folder / "ü").mkdir(exist_ok=True)
        (folder / "ü" / "more.txt").write_text(f"more of {word}")
        run(folder, "add", ".")
        run(folder, "commit", "--quiet", "--message", word)
        if word == "first":
            run(folder, "tag", "--annotate", "v1", "--message", "v1")
            run(folder, "branch", "side/main")
    return folder


def test_the_files_of_one_commit_are_read_and_then_need_no_repository(declare, repository):
    commit = run(repository, "rev-parse", "HEAD~1")
    path = declare(driver="git", type="text", url="words.git repo", revision=commit)
    assert list(catalog(path)["it"]) == ["first", "more of first"]
    assert catalog(path).entry("it").pin == "commit"
    repository.rename(repository.with_name("away"))
    repository.mkdir()
    assert list(catalog(path)["it"]) == ["first", "more of first"]


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_branch_or_tag_is_looked_up(declare, repository, prefix):
    def words(revision):
        where = f"{prefix}{repository}"
        path = declare(driver="git", type="text", url=where, revision=revision, inside="word.txt")
        return catalog(path)["it"]

    assert (words("v1"), words("main"), words("HEAD"), words("side/main")) == (
        ["first"], ["second"], ["second"], ["first"],
    )  # fmt: skip
    (repository / "word.txt").write_text("third")
    run(repository, "commit", "--quiet", "--all", "--message", "third")
    assert words("main") == ["third"]
    assert words("v1") == ["first"]


def test_only_the_files_count_for_the_hash(declare, repository):
    commit = run(repository, "rev-parse", "HEAD")
    options = {"driver": "git", "type": "path", "url": "words.git repo", "revision": commit}
    folder = catalog(declare(**options))["it"]
    assert sorted(path.name for path in folder.iterdir()) == ["word.txt", "ü"]
    assert catalog(declare(f'sha256 = "{content_hash(folder)}"', **options))["it"] == folder
    with pytest.raises(HashMismatch):
        catalog(declare(f'sha256 = "{"0" * 64}"', **options))["it"]


def test_a_repository_around_the_working_folder_is_left_alone(declare, repository, monkeypatch):
    monkeypatch.chdir(repository)
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    before = content_hash(repository)
    commit = run(repository, "rev-parse", "HEAD~1")
    path = declare(driver="git", type="text", url="words.git repo", revision=commit, inside="word.txt")
    assert catalog(path)["it"] == ["first"]
    assert content_hash(repository) == before


@pytest.mark.parametrize(
    ("url", "revision", "error", "message"),
    [
        ("gone", "main", CatalogError, "no repository '.*gone'; bring it there, or edit `url`"),
        ("words.git repo", "mainn", CatalogError, "has no branch or tag 'mainn'; a commit is written in full"),
        ("words.git repo", "0" * 40, CatalogError, f"cannot be checked out at commit {'0' * 40}"),
        ("words.git repo", "--upload-pack=touch gone", CatalogError, "is no commit, branch or tag"),
        ("--upload-pack=touch gone", "main", CatalogError, "is no address of a repository"),
        ("ext::touch gone", "main", NetworkMissing, "transport 'ext' not allowed"),
        (".", "main", NetworkMissing, r"git could not ls-remote .*it says: "),
        ("http://127.0.0.1:9/a.git", "main", NetworkMissing, "git could not ls-remote http://127.0.0.1:9/a.git"),
    ],
)
def test_what_cannot_be_had_is_told_and_no_program_is_run(declare, repository, url, revision, error, message):
    with pytest.raises(error, match=message):
        catalog(declare(driver="git", type="path", url=url, revision=revision))["it"]
    assert not (repository.parent / "gone").exists()


def test_a_password_is_not_told(declare):
    with pytest.raises(NetworkMissing) as caught:
        catalog(declare(driver="git", type="path", url="http://me:secret@127.0.0.1:9/a.git", revision="0" * 40))["it"]
    assert "secret" not in str(caught.value)


def test_a_missing_program_is_told(declare, repository, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DriverMissing, match="needs the git program, which is not installed"):
        catalog(declare(driver="git", type="path", url="words.git repo", revision="main"))["it"]
