"""The score that E-PlanNACC computes from the reports of a round: how far a plan was carried out.

A completed project gives 1, one in progress 0.5, one that cannot be carried out 0. The score is their sum in per cent
of all projects of the year that are scored, those not yet reported on among them: until they are, they give nothing.
Of each project the latest report of the year counts, so in the twelve-month round the six-month report of a project
that was not reported on since.

Source: a public copy of the system's source code, of the plan period 2561-2564 (https://github.com/lovelak/iplan,
commit 15df1addcbf72393484343c7820acfea667fe92f), ``ajax/getProjectScore.php``; what it calls a project that does not
fit its dimension (``status_pass``) is here one of a dimension that the plan does not score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from khelang_opendata.model.wording import Language
from khelang_opendata.nacc import notice
from khelang_opendata.nacc.eplan.plan_tables import Dimension
from khelang_opendata.nacc.eplan.rows import EplanRow

WEIGHTS = {"completed": Fraction(1), "in_progress": Fraction(1, 2), "cannot": Fraction(0)}
"""The points of a project by status."""


@dataclass(frozen=True)
class Share:
    """The projects of a dimension or of all, counted by the status that the system scores.

    ``waiting`` have no report that year. ``unreported`` lack that of the round; they are the waiting ones, and those
    scored by an earlier report that can still change.
    """

    completed: int
    in_progress: int
    cannot: int
    waiting: int
    unreported: int

    @property
    def projects(self) -> int:
        """How many projects there are: what the points are divided by."""
        return self.completed + self.in_progress + self.cannot + self.waiting

    @property
    def points(self) -> Fraction:
        """The points of all reports together."""
        return sum((WEIGHTS[status] * getattr(self, status) for status in WEIGHTS), Fraction(0))

    @property
    def percent(self) -> Fraction | None:
        """The score; None where there is nothing to score."""
        return self.points * 100 / self.projects if self.projects else None


@dataclass(frozen=True)
class Score:
    """The score of a round: of all scored projects, and dimension by dimension as the plan has them.

    A dimension that is not scored is listed, and does not count for the total.
    """

    total: Share
    dimensions: tuple[tuple[Dimension, Share], ...]

    def lines(self, language: Language) -> Iterator[str]:
        """The score in sentences, and what is not in it."""
        total = self.total
        if total.percent is None:
            yield notice("eplan_score_none", language)
        else:
            counts = {name: getattr(total, name) for name in ("projects", "completed", "in_progress", "cannot")}
            points = f"{rounded(total.points).normalize():f}"
            yield notice("eplan_score", language, percent=str(rounded(total.percent)), points=points, **counts)
        if total.waiting:
            yield notice("eplan_waiting", language, count=total.waiting)
        if total.unreported > total.waiting:
            yield notice("eplan_carried", language, count=total.unreported - total.waiting)
        if self.unscored:
            yield notice("eplan_unscored_count", language, count=self.unscored)

    @property
    def unscored(self) -> int:
        return sum(share.projects for dimension, share in self.dimensions if not dimension.scored)


def eplan_score(rows: Sequence[EplanRow]) -> Score:
    """The score that the system computes from the rows of a round."""
    dimensions = dict.fromkeys(row.dimension for row in rows)
    shares = ((dimension, _share(row for row in rows if row.dimension == dimension)) for dimension in dimensions)
    return Score(_share(row for row in rows if row.dimension.scored), tuple(shares))


def rounded(number: Fraction) -> Decimal:
    """A number with two decimals, half up, as the system writes its scores."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _share(rows: Iterable[EplanRow]) -> Share:
    rows = list(rows)
    counts = Counter(row.counted_status for row in rows)
    unreported = sum(row.reported is None and not row.is_closed for row in rows)
    return Share(counts["completed"], counts["in_progress"], counts["cannot"], counts[None], unreported)
