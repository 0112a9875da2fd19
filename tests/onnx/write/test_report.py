from leyden.onnx import Report


def test_a_report_says_how_close_the_file_is(residual):
    report = residual.report
    assert report.batch_sizes == (1, 2, 7)
    assert set(report.max_abs_by_batch) == {1, 2, 7}
    assert max(report.max_abs_by_batch.values()) <= report.max_abs < 1e-5
    assert report.tolerance == 1e-4
    assert report.seconds > 0
    assert report.bytes == report.path.stat().st_size


def test_a_report_prints_as_a_table(residual):
    text = str(residual.report)
    assert "image: float32[batch, 3, 16, 16]" in text
    assert "(batch normalisation: fold)" in text
    assert residual.report._repr_html_().startswith("<table>")


def test_what_a_report_represents_itself_as_does_not_vary_from_run_to_run(residual):
    assert repr(residual.report).startswith("Report(path=")
    assert "seconds" not in repr(residual.report)
    assert isinstance(residual.report, Report)
