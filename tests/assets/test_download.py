import hashlib
import os
import venv
from pathlib import Path

import pytest

from leyden.assets import Asset, Debian, Https, PyPI, sha256_of
from leyden.assets.download import download
from leyden.errors import HashMismatch, NetworkMissing, ToolMissing

DATA = bytes((i * i + i // 7) % 251 for i in range(300_000))


def digest(data):
    return hashlib.sha256(data).hexdigest()


def wheel_asset(file, sha256, project="some_data"):
    return Asset("a", PyPI(project, "1.0", file=file), sha256=sha256, megabytes=0.3, licence="MIT")


def apt(folder: Path, script: str, monkeypatch):
    """Put a program named apt-get on the path that behaves as the script says."""
    folder.mkdir()
    program = folder / "apt-get"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


DEBIAN = Asset("a", Debian("p", "1-1", file="p_1-1_all.deb"), sha256=digest(b"deb\n"), megabytes=0.1, licence="MIT")


def test_a_wheel_comes_through_pip_and_leaves_nothing_else(wheel, tmp_path, bare_pip):
    file, packed, sha256 = wheel("some_data", DATA)
    bare_pip.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    bare_pip.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / file).write_bytes(packed)
    (tmp_path / "to").mkdir()
    seen = []
    part = download(wheel_asset(file, sha256), tmp_path / "to", on_progress=lambda *step: seen.append(step))
    assert part == tmp_path / "to" / f"{file}.part"
    assert sha256_of(part) == sha256
    assert list((tmp_path / "to").iterdir()) == [part]
    assert seen[-1] == (len(packed), len(packed))


def test_a_wheel_for_another_machine_comes_too(wheel, tmp_path, bare_pip):
    file, packed, sha256 = wheel("some_data", DATA, tags="cp39-cp39-macosx_11_0_arm64.macosx_12_0_arm64")
    bare_pip.setenv("PIP_FIND_LINKS", str(tmp_path))
    bare_pip.setenv("PIP_NO_INDEX", "1")
    (tmp_path / file).write_bytes(packed)
    (tmp_path / "to").mkdir()
    assert sha256_of(download(wheel_asset(file, sha256), tmp_path / "to")) == sha256


def test_the_index_of_pip_is_used_and_its_answer_checked(wheel, tmp_path, shop, bare_pip):
    file, packed, sha256 = wheel("some_data", DATA)
    bare_pip.setenv("PIP_INDEX_URL", shop.at("/simple"))
    shop.files["/simple/some-data/"] = f'<a href="/f/{file}">{file}</a>'.encode()
    shop.files[f"/f/{file}"] = packed
    assert sha256_of(download(wheel_asset(file, sha256), tmp_path)) == sha256
    with pytest.raises(HashMismatch, match=f"the index has a file with SHA-256 {sha256}"):
        download(wheel_asset(file, "0" * 64), tmp_path)
    with pytest.raises(NetworkMissing, match=r"pip says: .*No matching distribution found for other==1.0"):
        download(wheel_asset(file, sha256, project="other"), tmp_path)


def test_an_index_out_of_reach_is_told_in_the_words_of_pip(tmp_path, closed_port, bare_pip):
    bare_pip.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{closed_port}/simple")
    with pytest.raises(NetworkMissing, match=r"pip says: .*(?i:connection refused)"):
        download(wheel_asset("some_data-1.0-py3-none-any.whl", "0" * 64), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_constraint_of_the_user_is_respected(wheel, tmp_path, bare_pip):
    file, packed, sha256 = wheel("some_data", DATA)
    bare_pip.setenv("PIP_FIND_LINKS", str(tmp_path))
    bare_pip.setenv("PIP_NO_INDEX", "1")
    (tmp_path / file).write_bytes(packed)
    (tmp_path / "constraints.txt").write_text("some_data==2.0\n")
    bare_pip.setenv("PIP_CONSTRAINT", str(tmp_path / "constraints.txt"))
    with pytest.raises(NetworkMissing, match="pip says: "):
        download(wheel_asset(file, sha256), tmp_path)


def test_an_sdist_comes_and_its_setup_code_does_not_run(pack, tmp_path, shop, bare_pip):
    setup = f"open({str(tmp_path / 'ran')!r}, 'w').close()\nfrom setuptools import setup\nsetup(name='some_data')"
    packed = pack("tar.gz", {"some_data-1.0/setup.py": setup.encode(), "some_data-1.0/data.bin": DATA})
    bare_pip.setenv("PIP_INDEX_URL", shop.at("/simple"))
    shop.files["/simple/some-data/"] = b'<a href="/f/some_data-1.0.tar.gz">x</a>'
    shop.files["/f/some_data-1.0.tar.gz"] = packed
    part = download(wheel_asset("some_data-1.0.tar.gz", digest(packed)), tmp_path)
    assert part.read_bytes() == packed
    assert list(tmp_path.iterdir()) == [part]


def test_a_python_without_pip_is_told_how_to_get_it(tmp_path, monkeypatch):
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    monkeypatch.setattr("sys.executable", str(tmp_path / "bare" / "bin" / "python"))
    for file in ("some_data-1.0-py3-none-any.whl", "some_data-1.0.tar.gz"):
        with pytest.raises(ToolMissing, match=r"bare/bin/python has no pip; .*ensurepip.*uv pip install pip"):
            download(wheel_asset(file, "0" * 64), tmp_path)


def test_an_embedded_python_cannot_start_pip(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.executable", "")
    with pytest.raises(ToolMissing, match="embedded"):
        download(wheel_asset("some_data-1.0.tar.gz", "0" * 64), tmp_path)


def test_a_debian_package_comes_through_apt_get(tmp_path, monkeypatch):
    apt(tmp_path / "bin", '[ "$1 $2 $3" = "download --quiet p=1-1" ] && echo deb > p_1-1_all.deb', monkeypatch)
    (tmp_path / "to").mkdir()
    part = download(DEBIAN, tmp_path / "to")
    assert part.read_bytes() == b"deb\n"
    assert list((tmp_path / "to").iterdir()) == [part]


def test_what_apt_get_says_is_passed_on(tmp_path, monkeypatch):
    apt(tmp_path / "bin", "echo 'E: Unable to locate package p' >&2; exit 100", monkeypatch)
    with pytest.raises(NetworkMissing, match="apt-get says: E: Unable to locate package p"):
        download(DEBIAN, tmp_path)


def test_a_program_that_brings_nothing_is_told(tmp_path, monkeypatch):
    apt(tmp_path / "bin", "true", monkeypatch)
    with pytest.raises(NetworkMissing, match="brought 0 files instead of p_1-1_all"):
        download(DEBIAN, tmp_path)


def test_a_system_without_apt_get_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="there is no apt-get on this machine"):
        download(DEBIAN, tmp_path)


def test_a_right_part_is_not_fetched_again_and_a_wrong_one_from_the_start(tmp_path, shop):
    shop.files["/a.bin"] = DATA
    asset = Asset("a", Https(shop.at("/a.bin")), sha256=digest(DATA), megabytes=0.3, licence="MIT")
    (tmp_path / "a.bin.part").write_bytes(DATA)
    assert download(asset, tmp_path).read_bytes() == DATA
    assert shop.asked == []
    (tmp_path / "a.bin.part").write_bytes(b"something else")
    assert download(asset, tmp_path).read_bytes() == DATA
    assert shop.asked == [("/a.bin", "bytes=14-"), ("/a.bin", None)]


def test_a_wheel_that_breaks_off_is_taken_up_where_it_stopped(wheel, tmp_path, shop, bare_pip):
    file, packed, sha256 = wheel("some_data", os.urandom(900_000))
    bare_pip.setenv("PIP_INDEX_URL", shop.at("/simple"))
    shop.files["/simple/some-data/"] = f'<a href="/f/{file}">{file}</a>'.encode()
    shop.files[f"/f/{file}"] = packed
    shop.break_after = 400_000
    assert sha256_of(download(wheel_asset(file, sha256), tmp_path)) == sha256
    asked = [wanted for path, wanted in shop.asked if path.startswith("/f/")]
    assert asked == [None, "bytes=400000-", "bytes=800000-"]
