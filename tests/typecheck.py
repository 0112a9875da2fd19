"""How annotations are checked in tests: beartype, with whole numbers taken where reals are asked for (PEP 484)."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
