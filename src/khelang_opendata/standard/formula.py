"""A formula over the columns of one row, such as ``spent_thb <= budget_thb``: comparisons and sums, and no code.

simpleeval, which frictionless uses for its row constraints too, evaluates it; of its language only what is listed here
is accepted, so that a formula calls nothing, reads no attribute and ends at once.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Container, Mapping
from decimal import Decimal
from typing import Any


def _product(left: Any, right: Any) -> Any:
    if isinstance(left, str) or isinstance(right, str):  # a text a billion times over
        raise TypeError("a text is not multiplied")
    return left * right


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _product,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
}
_STRUCTURE = (ast.Compare, ast.BoolOp, ast.And, ast.Or, ast.BinOp, ast.UnaryOp, ast.Load)


class FormulaInvalid(ValueError):
    """A text is no formula; its message is the part that is refused."""


class Formula:
    """A formula that was read.

    Attributes:
        names: the columns that it names, in their order.
    """

    def __init__(self, text: str, columns: Container[str]) -> None:
        """Read a formula.

        Args:
            text: comparisons (``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``) of columns, numbers and texts, with ``+``,
                ``-``, ``*``, ``and``, ``or``, ``not`` and brackets.
            columns: the names that it may use.

        Raises:
            FormulaInvalid: it is none, or names what is no column.
        """
        try:
            body = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise FormulaInvalid(text) from None
        self.names: list[str] = []
        for node in ast.walk(body):
            if isinstance(node, ast.Name):
                if node.id not in columns:
                    raise FormulaInvalid(node.id)
                self.names += [] if node.id in self.names else [node.id]
            elif isinstance(node, ast.Constant) and type(node.value) in (int, float, str):
                if isinstance(node.value, float):  # columns hold exact numbers
                    node.value = Decimal(str(node.value))  # type: ignore[assignment]
            elif not isinstance(node, (*_STRUCTURE, *_OPERATORS)):
                raise FormulaInvalid(ast.unparse(node))
        if not self.names:
            raise FormulaInvalid(text)
        self._text, self._body = text, body

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the formula is true of a row.

        Args:
            values: by column, a value of the column's type.

        Raises:
            TypeError: it compares or adds values of types that do not go together.
        """
        from simpleeval import SimpleEval  # noqa: PLC0415 (only for standards with formulas)

        evaluator = SimpleEval(operators=_OPERATORS, functions={}, names=dict(values))
        return bool(evaluator.eval(self._text, previously_parsed=self._body))
