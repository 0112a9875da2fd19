import json

from leyden.recipe.metrics import machine, table, write_metrics


def test_the_table_shows_what_was_measured_in_a_fixed_order():
    rows = table({"seconds.total": 61.4, "accuracy.finetuned": 0.875, "parity.max_abs": 3.2e-6, "zeros": 0.7})
    assert rows == [
        ("accuracy, fine-tuned", "0.875"),
        ("zeros among the weights pruning may touch", "70.0%"),
        ("largest difference of logits, ONNX to torch", "3.2e-06"),
        ("whole run, s", "61"),
    ]


def test_metrics_are_flat_sorted_json_and_leave_nothing_half_written(tmp_path):
    write_metrics({"b.x": 1, "a": "ä"}, tmp_path / "metrics.json")
    assert list(json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))) == ["a", "b.x"]
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.json"]


def test_the_machine_is_told():
    assert {"machine.cpus", "machine.threads", "machine.torch"} <= set(machine())
