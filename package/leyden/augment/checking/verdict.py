"""What a check found."""

from dataclasses import dataclass
from typing import final

__all__ = ["Finding", "Report"]


@final
@dataclass(frozen=True)
class Finding:
    """Whether a law holds on a sample.

    Args:
        law: what should hold.
        sample: the name of the sample.
        fault: what is wrong and what to do; empty if it holds.

    Examples:
        >>> from leyden.augment import Flip, check_transform
        >>> check_transform(Flip("x")).findings[0]
        Finding(law='prints as what makes it', sample='picture', fault='')
    """

    law: str
    sample: str
    fault: str = ""


@final
@dataclass(frozen=True, repr=False)
class Report:
    """What `check_transform` found; prints as a table.

    Args:
        transform: as it prints.
        findings: law by law, sample by sample.
        refused: samples that the transform does not take, by name, with what it says.

    Examples:
        >>> good, bad = Finding("input is untouched", "scan"), Finding("dtypes are kept", "scan", "bytes became reals")
        >>> Report("Mine()", (good, bad))
        Mine(): 2 laws, 1 broken
                            scan
        input is untouched  holds
        dtypes are kept     fails
        >>> Report("Mine()", (good, bad)).faults[0].fault
        'bytes became reals'
    """

    transform: str
    findings: tuple[Finding, ...]
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What does not hold."""
        return tuple(finding for finding in self.findings if finding.fault)

    @property
    def passed(self) -> bool:
        """Whether all laws hold on all samples that the transform takes, and it takes one."""
        return bool(self.findings) and not self.faults

    def __repr__(self) -> str:
        laws = list(dict.fromkeys(finding.law for finding in self.findings))
        samples = list(dict.fromkeys(finding.sample for finding in self.findings))
        marks = {(finding.law, finding.sample): "fails" if finding.fault else "holds" for finding in self.findings}
        width = max(map(len, laws), default=0)
        rows = [
            "  ".join(
                (law.ljust(width), *(marks.get((law, sample), "").ljust(max(5, len(sample))) for sample in samples))
            )
            for law in laws
        ]
        return "\n".join(
            [
                f"{self.transform}: {len(laws)} laws, {len(self.faults)} broken",
                "  ".join((" " * width, *(sample.ljust(5) for sample in samples))).rstrip(),
                *(row.rstrip() for row in rows),
                *(f"not for {sample}: {words}" for sample, words in self.refused),
            ]
        )
