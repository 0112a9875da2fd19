import os

import pytest

from leyden.errors import MedicalError
from leyden.medical.labelling import Scheme
from leyden.medical.packed.coding import Coding
from leyden.medical.packed.header import Channel, Header, Source, read_header
from leyden.medical.packed.moments import Moments

SCHEME = Scheme("own", {1: "core", 4: "rim"}, {"TC": (1, 4), "ET": (4,)}, "nowhere")
AFFINE = ((0.0, 0.0, 0.1, 1 / 3), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def header(**changes):
    channels = (
        Channel("t1", Coding("<i2"), Moments(3, 1 / 3, 0.1)),
        Channel("flair", Coding("<u2", 1e-7, -0.3, 5e-8), Moments(0, 0.0, 1.0)),
    )
    given = {
        "name": "Fall Nr. 7 äöü", "size": (2, 3, 4), "start": (1, 0, 5), "full": (9, 9, 9), "affine": AFFINE,
        "spacing": (1.0, 1.0, 0.1), "channels": channels, "labelled": True, "checksum": 123, "subject": "7",
        "scheme": SCHEME, "sources": (Source("/a/t1.nii.gz", 99, 1_700_000_000_123_456_789),),
    }  # fmt: skip
    return Header(**{**given, **changes})


def write(path, given):
    path.write_bytes(given.encoded + bytes(given.bytes - len(given.encoded)))
    return path


@pytest.mark.parametrize(
    "changes",
    [{}, {"affine": None, "spacing": None}, {"scheme": None, "sources": ()}, {"labelled": False}],
    ids=["all", "nowhere", "plain", "unlabelled"],
)
def test_a_header_comes_back_as_it_was_written(tmp_path, changes):
    given = header(**changes)
    assert read_header(write(tmp_path / "a.packed", given)) == given


def test_voxels_begin_on_a_page_and_take_two_bytes_a_channel_and_one_a_label():
    given = header()
    assert len(given.encoded) == 4096
    assert given.bytes == 4096 + 24 * (2 + 2 + 1)
    assert header(labelled=False).bytes == 4096 + 24 * 4
    assert len(header(name="x" * 5000).encoded) == 8192


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda content: content[:-1], r"is not whole: 4,215 bytes of 4,216; delete it and pack its case again"),
        (lambda content: content + b"\0", r"is not whole: 4,217 bytes of 4,216"),
        (lambda content: b"", r"is no packed case; delete it"),
        (lambda content: b"\x1f\x8b" + content, r"is no packed case"),
        (lambda content: content.replace(b"packed 2", b"packed 9"), r"another version of leyden \(leyden packed 9\)"),
        (lambda content: content[:30], r"damaged header"),
        (lambda content: content.replace(b'"size"', b'"sizf"'), r"damaged header \(KeyError\('size'\)\)"),
        (lambda content: content[:16] + b"\xff" * 8 + content[24:], r"has a damaged header; delete it"),
    ],
    ids=["cut", "longer", "empty", "gzip", "version", "short", "field", "length"],
)
def test_what_is_not_a_whole_packed_file_is_refused_by_name(tmp_path, change, told):
    path = write(tmp_path / "one.packed", header())
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(MedicalError, match=rf"one\.packed.*{told}"):
        read_header(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MedicalError, match=r"none\.packed cannot be read: No such file"):
        read_header(tmp_path / "none.packed")


def test_a_source_is_another_once_it_was_written_to(tmp_path):
    path = tmp_path / "t1.nii"
    assert Source.of(path) == Source(str(path), -1, 0)
    path.write_bytes(b"123")
    before = Source.of(path)
    assert before.size == 3
    os.utime(path, ns=(before.changed, before.changed + 1_000_000))
    assert Source.of(path) != before
