import pickle

import pytest
import torch

from leyden.augment import Flip, LabelCrop, Maybe
from leyden.data import batch, cache, parallel, split
from leyden.errors import MedicalError
from leyden.items import Mask
from leyden.medical.labelling import scheme
from leyden.medical.packed.container import packed_in
from leyden.medical.packed.writing import coded, write_case


@pytest.fixture
def cases(head, tmp_path):
    for place, name in enumerate(("c", "a", "b", "d")):
        write_case(coded(head(name, seed=place), subject=name.upper()), tmp_path / f"{name}.packed")
    return packed_in(tmp_path)


def test_a_folder_is_opened_by_name(cases, head):
    assert cases.names == ("a", "b", "c", "d")
    assert cases.subjects == ("A", "B", "C", "D")
    assert cases.modalities == ("t1", "flair")
    assert cases.scheme is None
    assert cases.bytes == sum(path.stat().st_size for path in cases.folder.iterdir())
    assert cases[0].name == cases[-4].name == "a"
    assert torch.equal(cases[2].image.data, head("c").image.data[:, 2:10, 3:12, 4:15])


def test_it_is_a_container_that_can_be_sliced_chosen_and_split(cases):
    assert cases[1:3].names == ("b", "c")
    assert cases.chosen([3, 0]).names == ("d", "a")
    train, test = split(cases, 0.5, seed=0, groups=cases.subjects)
    assert sorted(scan.name for part in (train, test) for scan in part) == ["a", "b", "c", "d"]
    with pytest.raises(IndexError, match="index 4 lies outside"):
        cases[4]


def test_what_lies_on_the_grid_of_a_case_goes_back(cases):
    prediction = Mask(torch.ones(cases[1].image.size, dtype=torch.uint8))
    back = cases.restore(1, prediction)
    assert back.size == cases.origin(1).size == (12, 14, 16)
    assert back.data.sum() == prediction.data.numel()
    assert bool(back.data[2:10, 3:12, 4:15].all())


def test_patches_are_one_a_case_read_where_they_are_looked_at(cases):
    move = LabelCrop(4) | Maybe(Flip("x"))
    patches = cases.patches(move, seed=3)
    assert len(patches) == 4
    assert {patch.image.size for patch in patches} == {(4, 4, 4)}
    assert repr(patches).startswith("list[4] | map_random(Patch(")


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_workers_read_the_same(cases, kind):
    one = cases.patches(LabelCrop(4), seed=3)
    other = parallel(cases.patches(LabelCrop(4), seed=3), 2, kind=kind)
    for mine, theirs in zip(one, other, strict=True):
        assert torch.equal(mine.image.data, theirs.image.data)
        assert mine.label == theirs.label


def test_batches_are_made_of_them(cases):
    images = [scan.image.data for scan in cases.patches(LabelCrop(4))]
    assert next(iter(batch(images, 4))).shape == (4, 2, 4, 4, 4)


def test_it_is_small_to_send_and_has_a_fingerprint(cases, head, tmp_path):
    again = pickle.loads(pickle.dumps(cases))
    assert again == cases
    assert again.fingerprint == cases.fingerprint
    list(cache(cases, folder=tmp_path / "kept"))
    write_case(coded(head("a", seed=9)), tmp_path / "a.packed")
    assert packed_in(tmp_path).fingerprint != cases.fingerprint


def test_half_written_files_are_never_read(cases):
    (cases.folder / ".4711-e.packed").write_bytes(b"half")
    assert packed_in(cases.folder).names == cases.names


def test_all_that_is_wrong_with_a_folder_is_said_at_once(cases, head):
    for name in ("a", "b"):
        path = cases.folder / f"{name}.packed"
        path.write_bytes(path.read_bytes()[:-1])
    scan = head("e")
    write_case(coded(scan._replace(modalities=("t1", "t2"))), cases.folder / "e.packed")
    with pytest.raises(MedicalError) as caught:
        packed_in(cases.folder)
    told = str(caught.value)
    assert all(part in told for part in ("a.packed is not whole", "b.packed is not whole", "t1, flair; t1, t2"))


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(MedicalError, match=r"holds no packed case \(\*\.packed\); pack some into it"):
        packed_in(tmp_path)


def test_damaged_files_are_all_named(cases):
    for name in ("a", "d"):
        path = cases.folder / f"{name}.packed"
        path.write_bytes(path.read_bytes()[:-1] + b"\x77")
    with pytest.raises(MedicalError, match=r"a\.packed is damaged.*d\.packed is damaged"):
        cases.check()
    cases.chosen([1, 2]).check()


def test_it_prints_what_it_holds(cases):
    assert repr(cases) == f"PackedCases({str(cases.folder)!r}, 4 cases, 0.0 MB: t1 flair)"


def test_cases_whose_labels_mean_different_things_are_refused(head, tmp_path):
    for name, known in (("a", "msd"), ("b", "brats23"), ("c", "msd")):
        write_case(coded(head(name), scheme=scheme(known)), tmp_path / f"{name}.packed")
    with pytest.raises(MedicalError, match=r"labels mean different things \(a, c: \{1: 'oedema'.*; b: \{1: 'necrotic"):
        packed_in(tmp_path)
    (tmp_path / "b.packed").unlink()
    assert packed_in(tmp_path).scheme == scheme("msd")
