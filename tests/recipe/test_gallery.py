from leyden.recipe import Job, Plan
from leyden.recipe.gallery import write_pictures
from leyden.recipe.metrics import machine


def test_a_job_cut_short_still_shows_what_it_has(labelled, prep, batches, task, tmp_path):
    job = Job(Plan(move=None), labelled, prep, batches, tmp_path, task)
    job.measure({"accuracy.finetuned": 0.5, **machine()})
    write_pictures(job)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Confusion" not in page
    assert page.count("<img") == page.count('alt="')
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
