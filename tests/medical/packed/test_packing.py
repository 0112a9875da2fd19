import os

import nibabel
import numpy as np
import pytest
import torch

from leyden.data import subset
from leyden.errors import DiskFull, MedicalError
from leyden.items import Image
from leyden.medical.case import Case, Cases, Series
from leyden.medical.labelling import Scheme, scheme
from leyden.medical.packed.container import packed_in
from leyden.medical.packed.packing import pack
from leyden.medical.packed.sizing import predict_size


@pytest.fixture
def files(head, tmp_path):
    """Write some heads as files, and give them as cases."""

    def make(*names):
        cases = []
        for place, name in enumerate(names):
            scan = head(name, seed=place)
            x, y, z, shift = (np.array(scan.image.affine)[:, axis] for axis in (2, 1, 0, 3))
            affine = np.stack((x, y, z, shift), 1)
            paths = {}
            for modality, data in zip(("t1", "flair", "seg"), (*scan.image.data, scan.label.data), strict=True):
                paths[modality] = tmp_path / f"{name}-{modality}.nii"
                kind = np.uint8 if modality == "seg" else np.int16
                nibabel.save(nibabel.Nifti1Image(data.numpy().astype(kind).T, affine), paths[modality])
            series = tuple(Series(modality, paths[modality]) for modality in ("t1", "flair"))
            cases.append(Case(name, series, paths["seg"], subject=name[0]))
        return Cases(tmp_path, "own", tuple(cases), ("t1", "flair"), scheme("brats21"))

    return make


def stamps(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_packed_cases_give_the_scans_of_the_files(files, tmp_path):
    cases = files("a1", "b1")
    packed = pack(cases, tmp_path / "packed")
    assert (packed.names, packed.subjects, packed.modalities) == (cases.names, cases.subjects, cases.modalities)
    assert packed.scheme == cases.scheme
    for place, scan in enumerate(packed):
        back = packed.restore(place, scan)
        assert torch.equal(back.image.data, cases[place].image.data)
        assert torch.equal(back.label.data, cases[place].label.data)
        assert torch.allclose(torch.tensor(back.image.affine), torch.tensor(cases[place].image.affine))
    assert packed_in(tmp_path / "packed") == packed


def test_packing_again_writes_nothing_and_gives_the_same(files, tmp_path):
    cases = files("a1", "b1")
    packed = pack(cases, tmp_path / "packed")
    before = stamps(tmp_path / "packed")
    assert pack(cases, tmp_path / "packed") == packed
    assert stamps(tmp_path / "packed") == before


def test_a_case_whose_file_was_written_to_is_packed_anew(files, tmp_path):
    cases = files("a1", "b1")
    packed = pack(cases, tmp_path / "packed")
    before = stamps(tmp_path / "packed")
    source = tmp_path / "b1-flair.nii"
    assert packed.cases[1].changed() == ()
    os.utime(source, (1, 1))
    assert [each.path for each in packed.cases[1].changed()] == [str(source)]
    pack(cases, tmp_path / "packed")
    after = stamps(tmp_path / "packed")
    assert [name for name in after if after[name] != before[name]] == ["b1.packed"]


@pytest.mark.parametrize("harm", [lambda content: content[:-9], lambda content: b""], ids=["cut", "empty"])
def test_a_damaged_file_is_packed_anew(files, tmp_path, harm):
    cases = files("a1")
    path = pack(cases, tmp_path / "packed").cases[0].path
    whole = path.read_bytes()
    path.write_bytes(harm(whole))
    pack(cases, tmp_path / "packed").check()
    assert path.read_bytes() == whole


def test_other_modalities_or_another_scheme_are_packed_anew(files, tmp_path):
    cases = files("a1")
    pack(cases, tmp_path / "packed")
    flair = Cases(cases.folder, cases.layout, cases.cases, ("flair",), cases.scheme)
    assert pack(flair, tmp_path / "packed")[0].modalities == ("flair",)
    own = Scheme("own", {2: "a", 4: "b"}, {"all": (2, 4)})
    other = Cases(cases.folder, cases.layout, cases.cases, ("flair",), own)
    assert pack(other, tmp_path / "packed").scheme == own


def test_parts_of_a_dataset_share_a_folder(files, tmp_path):
    cases = files("a1", "b1", "c1")
    whole = pack(cases, tmp_path / "packed")
    before = stamps(tmp_path / "packed")
    assert pack(cases.chosen([2, 0]), tmp_path / "packed") == whole.chosen([2, 0])
    assert stamps(tmp_path / "packed") == before


def test_scans_that_come_from_no_files_are_packed_too(head, tmp_path):
    views = subset([head("a"), head("b", seed=1)], [1, 0])
    packed = pack(views, tmp_path)
    assert packed.names == packed.subjects == ("b", "a")
    assert torch.equal(packed.restore(0, packed[0]).image.data, head("b", seed=1).image.data)
    assert packed.cases[0].changed() == ()
    assert pack([head("a", seed=5)], tmp_path)[0].image != packed[0].image


def test_more_than_the_budget_is_refused_before_anything_is_written(files, tmp_path):
    cases = files("a1", "b1", "c1")
    wanted = predict_size(cases).bytes
    with pytest.raises(MedicalError, match=r"over the budget of 0\.0 MB: 3 cases in about .* MB.*nothing was written"):
        pack(cases, tmp_path / "packed", budget=wanted - 1)
    assert list((tmp_path / "packed").iterdir()) == []
    assert pack(cases, tmp_path / "packed", budget=wanted).bytes == wanted


def test_what_is_packed_already_counts_for_the_budget(files, tmp_path):
    cases = files("a1", "b1")
    first = pack(cases.chosen([0]), tmp_path / "packed")
    with pytest.raises(MedicalError, match=r"over the budget .* beside 0\.0 MB that are packed already"):
        pack(cases, tmp_path / "packed", budget=2 * first.bytes - 1)
    assert pack(cases.chosen([0]), tmp_path / "packed", budget=first.bytes) == first


def test_where_a_case_was_larger_than_foretold_the_budget_is_kept_all_the_same(head, tmp_path):
    large = head("large")
    large.image.data[:, 0, 0, 0] = 5.0
    cases = [head("a"), large, head("c")]
    foretold = predict_size(cases).bytes
    with pytest.raises(MedicalError, match=r"case 'c' takes .* the 2 before it stay packed"):
        pack(cases, tmp_path, budget=foretold)
    assert packed_in(tmp_path).names == ("a", "large")


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(head, tmp_path):
    # only the first and the last case are looked at
    class Endless(list):
        def __len__(self):
            return 10**12

        def __getitem__(self, place):
            return head(str(place))

    with pytest.raises(DiskFull, match=r"MB left, wanted: 1000000000000 cases in about .*nothing was written"):
        pack(Endless(), tmp_path)


def test_progress_is_told_after_each_case(head, tmp_path):
    told = []
    pack([head("a"), head("b")], tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("name", ["a/b", "..", ".hidden", "Fall 7 äöü", "x" * 400, "CON:1?"])
def test_any_name_can_be_packed(head, tmp_path, name):
    packed = pack([head(name)], tmp_path)
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path]
    assert packed_in(tmp_path).names == packed.names == (name,)


def test_long_names_that_begin_alike_are_told_apart(head, tmp_path):
    names = ["x" * 400 + end for end in "ab"]
    pack([head(name) for name in names], tmp_path)
    assert list(packed_in(tmp_path).names) == names


@pytest.mark.parametrize(
    ("names", "told"),
    [((), "there is no case to pack"), (("",), "the case at 0 has no name"), (("a", "a"), "two cases are called 'a'")],
)
def test_cases_without_a_name_of_their_own_are_refused(head, tmp_path, names, told):
    with pytest.raises(MedicalError, match=told):
        pack([head(name) for name in names], tmp_path)


def test_a_scan_that_cannot_be_packed_is_named_and_those_before_it_stay(head, tmp_path):
    odd = head("odd")
    odd.image.data[0, 5, 5, 5] = float("nan")
    with pytest.raises(MedicalError, match="case 'odd' cannot be packed: 1 voxels of t1 that are no finite number"):
        pack([head("a"), odd], tmp_path)
    assert packed_in(tmp_path).names == ("a",)


def test_a_folder_that_cannot_be_made_is_told(head, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(MedicalError, match=r"taken cannot be made \(File exists\)"):
        pack([head("a")], tmp_path / "taken")


def test_two_scans_of_one_name_do_not_write_over_each_other(head, tmp_path):
    with pytest.raises(MedicalError, match="two cases are called 'a'"):
        pack([head("a"), head("a", seed=1)], tmp_path)
    assert torch.equal(packed_in(tmp_path)[0].image.data, head("a").image.data[:, 2:10, 3:12, 4:15])


def test_brain_floats_are_packed(head, tmp_path):
    scan = head()
    coarse = scan._replace(image=Image(scan.image.data.bfloat16(), scan.image.spacing, scan.image.affine))
    case = pack([coarse], tmp_path)
    found = case.restore(0, case[0].image)
    assert float((found.data - coarse.image.data.float()).abs().max()) <= case.cases[0].error


def test_frames_that_show_something_else_now_are_packed_anew(head, tmp_path):
    scan, path = head("a"), tmp_path / "a.nii"
    data = np.stack([channel.numpy().astype(np.int16).T for channel in scan.image.data], -1)
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), path)

    def told(t1, flair):
        return Cases(
            tmp_path, "own", (Case("a", (Series("t1", path, t1), Series("flair", path, flair))),), ("t1", "flair")
        )

    first, second = told(0, 1), told(1, 0)
    before = pack(first, tmp_path / "packed")
    after = pack(second, tmp_path / "packed")
    assert torch.equal(after.restore(0, after[0]).image.data, second[0].image.data)
    assert not torch.equal(first[0].image.data, second[0].image.data)
    assert before.cases[0].changed() == ()


def test_a_part_of_the_cases_keeps_what_they_know(files, tmp_path):
    cases = files("a1", "a2", "b1")
    part = subset(cases, [2, 0])
    packed = pack(part, tmp_path / "packed")
    assert (packed.names, packed.subjects, packed.scheme) == (("b1", "a1"), ("b", "a"), cases.scheme)
    before = stamps(tmp_path / "packed")
    assert pack(part, tmp_path / "packed") == packed
    assert stamps(tmp_path / "packed") == before
