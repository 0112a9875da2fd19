from leyden.widget.volume.screen.look import LOOK


def test_rules_speak_of_this_panel_only_and_fit_a_narrow_one():
    rules = LOOK.removeprefix("<style>").removesuffix("</style>")
    assert rules.count("{") == rules.count("}")
    assert "@container (max-width: 640px)" in rules
    selectors = [line.split("{")[0] for line in rules.splitlines() if "{" in line and not line.startswith(" ")]
    assert all("leyden" in selector or "@container" in selector for selector in selectors)
