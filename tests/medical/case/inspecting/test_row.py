from leyden.medical.case.inspecting.row import CaseRow, Fault, by, counted


def test_a_fault_reads_as_a_sentence():
    assert str(Fault("p1", "is 2-D", "leave it out")) == "p1: is 2-D; leave it out"
    assert str(Fault("p1", "is 2-D", "")) == "p1: is 2-D"


def test_what_could_not_be_read_is_a_dash():
    assert CaseRow("p1", "p1").cells(("t1",)) == ("p1", "-", "-", "-", "-", "-")
    assert CaseRow("p1", "p1", codes={}).cells(())[4] == "empty"


def test_volumes_are_written_out():
    row = CaseRow("p1", "p1", codes={1: 0.00312, 2: 9.96, 4: 108.4, 5: 1260.0})
    assert row.cells(())[4] == "1: 0.0031, 2: 10, 4: 110, 5: 1,300"


def test_numbers_are_written_as_people_do():
    assert by((155, 240.0, 0.9375)) == "155 x 240 x 0.9375"
    assert [counted(number, "case") for number in (0, 1, 1000)] == ["0 cases", "1 case", "1,000 cases"]
