import torch

from leyden.widget import DataPanel
from leyden.widget.data.page import duplicates_html, look_html, pipeline_html, statistics_html


def test_before_a_look_every_page_says_how_to_begin_one(folder):
    panel = DataPanel(folder)
    for page in (statistics_html, duplicates_html, pipeline_html):
        assert "panel.look()" in page(panel)
    assert "not looked through yet" in look_html(panel)
    assert folder.read == []


def test_after_a_look_they_show_what_was_found(folder):
    panel = DataPanel(folder, held_out=[folder[3], (torch.zeros(3, 8, 8), 0)])
    panel.look()
    panel.wait(30)
    told = statistics_html(panel)
    assert '<th scope="row">0</th><td>image</td><td>29</td>' in told
    assert "light" in told
    assert "0007.jpg is cut short" in told
    groups = duplicates_html(panel)
    assert "equal, in both parts" in groups
    assert "data[5] light" in groups
    assert groups.count("<img") == 4
    assert 'alt="' in pipeline_html(panel)
    assert 'aria-valuenow="100"' in look_html(panel)
    panel.close()


def test_what_data_say_is_never_html():
    panel = DataPanel([{"<b>": 1, "label": "<i>"}, {"<b>": 1, "label": "<i>"}] + [object] * 0)
    panel.look()
    panel.wait(10)
    for page in (statistics_html(panel), duplicates_html(panel)):
        assert "<b>:" not in page
        assert "<i>" not in page.replace("<i style", "")
    panel.close()
