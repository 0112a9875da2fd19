import pytest

from leyden.data.source.pattern import hidden, matcher, natural


@pytest.mark.parametrize(
    ("pattern", "fits", "misses"),
    [
        ("**/*", ["a", "a/b", "a/b/c.d"], []),
        ("*", ["a", "a.b"], ["a/b"]),
        ("*.png", ["a.png", "ä b.PNG", ".png"], ["a.png2", "b/a.png", "a_png"]),
        ("**/*.png", ["a.png", "b/c/a.png"], ["a.jpg"]),
        ("img/**/x?.nii*", ["img/x1.nii", "img/a/b/x2.nii.gz"], ["x1.nii", "img/x.nii", "img/x12.nii"]),
        ("[a-c]_[!0-9].txt", ["b_x.txt"], ["d_x.txt", "b_1.txt", "b-_x.txt"]),
        ("(a|b)+.txt", ["(a|b)+.txt"], ["a.txt", "aa.txt"]),
        ("[a", ["[a"], ["a"]),
        ("[]]x", ["[]]x"], ["]x"]),
    ],
)
def test_patterns_fit_whole_names(pattern, fits, misses):
    wanted = matcher(pattern)
    assert all(wanted(name) for name in fits)
    assert not any(wanted(name) for name in misses)


def test_what_lies_in_a_hidden_folder_is_hidden():
    names = [".a", "b/.a", ".git/x", "__MACOSX/x.png", "a", "a/b.c"]
    assert [hidden(name) for name in names] == [True] * 4 + [False] * 2


def test_what_windows_leaves_among_pictures_is_hidden():
    names = ["Thumbs.db", "a/thumbs.db", "a/Desktop.ini", "ehthumbs.db", "thumbs.db.png", "desktop.ini/a.png"]
    assert [hidden(name) for name in names] == [True] * 4 + [False] * 2


def test_names_are_sorted_as_people_count_whatever_they_are():
    names = ["x10", "x9", "10", "9", "x09", "", "a/2", "a/10", "é1", "x9a", "²"]
    backwards = list(reversed(names))
    assert sorted(names, key=natural) == sorted(backwards, key=natural)
    assert sorted(["x10", "x9", "x09", "10", "9"], key=natural) == ["9", "10", "x09", "x9", "x10"]
