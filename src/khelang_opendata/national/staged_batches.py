"""Results of an unfinished harvest on disk: the next run does not judge again what is here."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from khelang_opendata.files.place import write_files
from khelang_opendata.national.judged_batches import JudgedBatch, JudgedPlan

_RESULTS = "plans.json"


class StagedBatches:
    """The folder of results: one subfolder a batch, complete once it has its name.

    Args:
        folder: the folder, which is made if missing.
        judged_by: what judged the plans; results of anything else are removed.
    """

    def __init__(self, folder: Path, judged_by: str) -> None:
        self.folder, self.judged_by = folder, judged_by
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, batch: JudgedBatch) -> Path:
        """Keep a batch that has just been judged, and give its folder."""
        new = self.folder / f".{os.urandom(8).hex()}"
        new.mkdir()
        plans = [{**plan._asdict(), "facts": dict(plan.facts)} for plan in batch.plans if not plan.is_known]
        content = json.dumps({"judged_by": self.judged_by, "plans": plans}, default=_as_text).encode()
        write_files(new, {**{f"{name}.parquet": data for name, data in batch.tables.items()}, _RESULTS: content})
        place = new.with_name(new.name[1:])
        new.rename(place)
        return place

    def kept(self) -> Iterator[tuple[Path, list[JudgedPlan]]]:
        """The batches of a harvest that did not finish; what is unusable is removed."""
        for place in sorted(self.folder.iterdir()):
            plans = None if place.name.startswith(".") else self._plans(place)
            if plans is None:
                shutil.rmtree(place)
            else:
                yield place, plans

    def _plans(self, place: Path) -> list[JudgedPlan] | None:
        try:
            content = json.loads((place / _RESULTS).read_bytes())
        except (OSError, ValueError):
            return None
        if content["judged_by"] != self.judged_by:
            return None
        return [JudgedPlan(**plan) for plan in content["plans"]]

    def clear(self) -> None:
        """Remove all batches: the dataset has them."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _as_text(value: Any) -> str:
    assert isinstance(value, Decimal | datetime.date), value
    return str(value)
