import json
import os
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

import leyden
from leyden import cli


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["leyden", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    return exit_.value.code


def test_assets_are_listed_with_their_licences(monkeypatch, capsys):
    assert call(monkeypatch, "assets", "list") == 0
    shown = capsys.readouterr().out
    assert "efficientnet-lite0" in shown
    assert "Apache-2.0" in shown


def test_a_foreseeable_mistake_is_one_line_and_exit_code_one(monkeypatch, capsys):
    assert call(monkeypatch, "assets", "get", "efficientnet-light0") == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("error: ")
    assert "efficientnet-lite0" in shown.err
    assert "Traceback" not in shown.err


def test_a_wrong_option_is_exit_code_two(monkeypatch, capsys):
    assert call(monkeypatch, "demo", "--size", "7") == 2
    assert "--size" in capsys.readouterr().err


@pytest.mark.parametrize(("names", "told"), [((), "no"), (("only",), "one")])
def test_a_folder_that_is_no_labelled_set_is_refused_before_anything_is_written(
    tmp_path, monkeypatch, capsys, names, told
):
    for name in names:
        (tmp_path / "set" / name).mkdir(parents=True)
        Image.new("RGB", (9, 9)).save(tmp_path / "set" / name / "a.png")
    assert call(monkeypatch, "demo", "--images", tmp_path / "set", "--out", tmp_path / "out") == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert not (tmp_path / "out").exists()


def picture_folder(folder):
    """Two classes anyone can tell apart, in every mode a camera or a scanner writes, mixed sizes, names with spaces."""
    for name, shade in (("hell ä", 220), ("dark room", 30)):
        (folder / name).mkdir(parents=True)
        for number, mode in enumerate(("RGB", "L", "RGBA", "P", "I;16", "1", "RGB", "L")):
            value = {"RGBA": (shade, shade, shade, 255), "RGB": (shade, shade, shade), "I;16": shade * 257}.get(
                mode, shade
            )
            Image.new(mode, (40 + number, 50), value).save(folder / name / f"{number}.png")
    return folder


@pytest.mark.network
def test_the_main_job_runs_on_a_folder_of_ones_own(tmp_path, monkeypatch, capsys):
    folder = picture_folder(tmp_path / "my images")
    assert (
        call(monkeypatch, "demo", "--images", folder, "--out", tmp_path / "out", "--epochs", "1", "--size", "32") == 0
    )
    shown = capsys.readouterr().out
    assert "accuracy, fine-tuned" in shown
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert metrics["data.classes"] == 2
    assert metrics["parity.max_abs"] <= 1e-4


@pytest.mark.network
def test_ctrl_c_ends_with_exit_code_130_and_no_traceback(tmp_path):
    folder = picture_folder(tmp_path / "set")
    command = [sys.executable, "-m", "leyden", "demo", "--images", folder, "--out", tmp_path / "out", "--epochs", "500"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if (tmp_path / "out" / "metrics.json").exists() or running.poll() is not None:
            break
        time.sleep(0.1)
    time.sleep(3)
    os.kill(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130, errors
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["status"] == "interrupted"


@pytest.mark.network
def test_a_full_disk_is_one_line_and_keeps_what_was_written(tmp_path):
    folder = picture_folder(tmp_path / "set")
    limited = (
        "import resource, sys; from leyden.cli import main; from leyden import vision;"
        "vision.create('efficientnet_lite0', pretrained=True);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6)); sys.argv[0] = 'leyden'; main()"
    )
    command = [sys.executable, "-c", limited, "demo", "--images", folder, "--out", tmp_path / "out", "--epochs", "1"]
    done = subprocess.run([*command, "--size", "32"], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["data.classes"] == 2


def test_the_version_is_told(monkeypatch, capsys):
    assert call(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"leyden {leyden.__version__}\n"
