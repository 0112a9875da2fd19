from leyden.augment import Flip
from leyden.widget.prune.choice import Choice
from leyden.widget.workbench.record import Exported, Stage, stamp_of
from leyden.widget.workbench.telling import (
    facts_of,
    pictures_of,
    scores_of,
    stale_of,
    summary_of,
    titles_of,
    told,
)


def written(path, stage):
    path.write_bytes(b"1234")
    return Exported(path, stage, 4, 3, 2e-7, 1e-4, 0.001, 5.0, stamp_of(path))


def test_a_line_at_its_beginning_says_so(line):
    assert told(line, line.stage) == "the task as given, not pruned"
    assert dict(facts_of(line, move=None, exported=None))["trained"] == "not yet"
    assert stale_of(line, move=None, exported=None) == ()
    assert scores_of(line) == {}
    [(words, png)] = pictures_of(line)
    assert words.startswith("Loss")
    assert png.startswith(b"\x89PNG")
    assert set(titles_of(line, exported=None, writing=False).values()) == {
        "Data", "Augmentation", "Callbacks", "Training", "Pruning", "ONNX",
    }  # fmt: skip


def test_the_way_is_told_from_training_to_the_file(line, trained, tmp_path):
    trained(line.train())
    line.prune().prune(0.5)
    line.prune().measure()
    score = line.prune().wait(60)
    exported = written(tmp_path / "net.onnx", line.stage)
    rows = dict(facts_of(line, move=None, exported=exported))
    assert rows["network in it"] == told(line, line.stage) == "training 1, 50% pruned"
    assert rows["accuracy"] == f"{score:.4f}"
    assert scores_of(line)["training 1, 50% pruned"] == score
    assert summary_of(line, exported=exported).endswith(f"→ 50% pruned, accuracy {score:.3f} → net.onnx, 4 bytes")
    assert len(pictures_of(line)) == 2
    titles = titles_of(line, exported=exported, writing=False)
    assert (titles["prune"], titles["onnx"]) == ("Pruning: 50%", "ONNX: written")


def test_what_each_step_leaves_behind_is_said(line, trained, tmp_path):
    trained(line.train())
    line.prune().prune(0.5)
    exported = written(tmp_path / "net.onnx", Stage(0, Choice(0.9, tuned=1)))
    trained(line.train())
    assert stale_of(line, move=Flip("x"), exported=exported) == (
        "trained again since this was pruned: pruned is training 1, in use is training 2",
        "net.onnx holds an earlier network: the task as given, 90% pruned, fine-tuned",
        "the augmentation was changed since training 2: start training again to learn with it",
    )
    titles = titles_of(line, exported=exported, writing=False)
    assert (titles["prune"], titles["onnx"]) == ("Pruning: 50%, earlier training", "ONNX: earlier network")


def test_a_file_that_somebody_replaced_is_said(line, tmp_path):
    exported = written(tmp_path / "net.onnx", line.stage)
    exported.path.write_bytes(b"another")
    assert stale_of(line, move=None, exported=exported) == ("net.onnx is no longer the file that was written here",)
