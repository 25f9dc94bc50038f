"""The rules that another standard declares in its ``rules.json``: a formula that holds in every row of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.formula import Formula
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.tableschema.columns import values_of
from khelang_opendata.validation.plan import Plan


class RowRule(Rule):
    """A rule on the rows of one table; a row in which one of its columns is empty is not judged."""

    def __init__(self, code: str, declared: JsonObject, family: SchemaFamily) -> None:
        super().__init__(code, Severity(declared["severity"]), f"{family.folder}/rules.json")
        self.table = str(declared["table"])
        table = family.tables[self.table]
        self._columns = table.field_by_name
        self._missing = frozenset(text for text in table.descriptor["missingValues"] if isinstance(text, str))
        self._text = str(declared["formula"])
        self._declared = declared

    @property
    def _content(self) -> JsonObject:
        """The texts, which are with the rule."""
        return self._declared

    @cached_property
    def _formula(self) -> Formula:
        return Formula(self._text, self._columns)

    def __call__(self, plan: Plan) -> Iterator[Issue]:
        """The issue of each row in which the formula does not hold.

        Raises:
            UsageError: the formula adds or compares columns whose types do not go together.
        """
        names = self._formula.names
        columns = [self._values(plan, name) for name in names]
        for place, values in enumerate(zip(*columns, strict=True)):
            if None not in values and not self._holds(dict(zip(names, values, strict=True))):
                record = plan.record(self.table, place)
                shown = {name: record.text(name) or "" for name in self._columns}
                yield self.issue(record.place(names[0]), **shown)

    def _values(self, plan: Plan, name: str) -> Sequence[Any]:
        """A column as values of its type; None where a cell is empty or no value of the type."""
        field, texts = self._columns[name], plan.texts(self.table, name)
        missing = self._missing.union(values_of(field.descriptor.get("missingValues", ())))
        values = {text: None if text in missing else _finite(field.value(text or "")) for text in {*texts}}
        return [values[text] for text in texts]

    def _holds(self, values: Mapping[str, Any]) -> bool:
        try:
            return self._formula.holds(values)
        except ArithmeticError:  # a number too large to be counted with
            return False
        except TypeError:
            raise self._unusable(self._text) from None

    def _unusable(self, near: str) -> UsageError:
        return UsageError("family_unusable", "formula", path=self.module, code=self.code, near=near)


def _finite(value: Any) -> Any:
    return None if isinstance(value, Decimal) and not value.is_finite() else value


def declared_rules(family: SchemaFamily) -> tuple[RowRule, ...]:
    """The rules of a family that declares them."""
    return tuple(RowRule(code, declared, family) for code, declared in (family.rules or {}).items())
