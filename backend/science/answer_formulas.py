"""Formulas: the plain text of an expression read as a tree.

Multiplication without a sign binds like a written one: `1/2x` is half of x. What the grammar does
not know (limits, integrals, sums, words) is no formula: a guess could join what differs.
"""

import re
from typing import Final, NamedTuple

FUNCTIONS: Final = (
    "arcsin arccos arctan sinh cosh tanh sin cos tan cot sec csc sqrt root log ln exp binom".split()
)
_GREEK: Final = "alpha beta gamma delta theta lambda omega sigma phi rho mu".split()
_REFUSED: Final = "lim max min gcd lcm mod sum int prod choose det".split()
_NAMES: Final = sorted([*FUNCTIONS, *_GREEK, *_REFUSED, "pi", "degrees"], key=len, reverse=True)
_TOKEN: Final = re.compile(
    rf"\d+(?:\.\d+)?|\.\d+|{'|'.join(_NAMES)}|[A-Za-z]|<=|>=|!=|[-+*/^_!()<>=|,]"
)
_NO_FORMULA: Final = re.compile(r"[\d.]+(?:-[\d.]+)+|[\d.]+(?:/[\d.]+){2,}")
_RELATIONS: Final = frozenset({"=", "<", ">", "<=", ">=", "!="})
_NUMBER: Final = re.compile(r"[\d.]+")
_NAME: Final = re.compile(r"[A-Za-z]+")
_MAX_LENGTH: Final = 300
_MAX_DEPTH: Final = 40


class Formula(NamedTuple):
    """A node: what it does, to what; `leaf` is the text of a number or a symbol.

    Heads: number, symbol, +, -, *, /, ^, negative, !, abs, the names in `FUNCTIONS` (log and root
    take their base or degree first where they have one), and the relations.
    """

    head: str
    parts: tuple["Formula", ...] = ()
    leaf: str = ""

    @property
    def is_relation(self) -> bool:
        """Whether it is an equation or an inequality."""
        return self.head in _RELATIONS


class NoFormula(ValueError):
    """A text that the grammar does not know."""


def formula(text: str) -> Formula | None:
    """Read an expression's key as a tree, None where it is none that we know.

    Bare numbers joined by hyphens (12-15, 555-1234) or by several slashes (3/5/17) are ranges,
    scores, telephone numbers and dates, no formulas.
    """
    if len(text) > _MAX_LENGTH or _NO_FORMULA.fullmatch(text):
        return None
    try:
        return _Reader(_tokens(text)).whole()
    except NoFormula:
        return None


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise NoFormula(text)
        if tokens and _NUMBER.match(found.group()) and _NUMBER.match(tokens[-1]):
            raise NoFormula(text)  # 1.000.000
        tokens.append(found.group())
        position = found.end()
    return tokens


class _Reader:
    """A recursive descent over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0
        self._in_bars = False

    def whole(self) -> Formula:
        """A relation or a sum that takes up all the tokens."""
        tree = self._sum()
        if self._next in _RELATIONS:
            tree = Formula(self._take(), (tree, self._sum()))
        if self._next:
            raise NoFormula(self._next)
        return tree

    @property
    def _next(self) -> str:
        return self._tokens[self._position] if self._position < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._next
        if not token or (wanted and token != wanted):
            raise NoFormula(f"{wanted!r} expected")
        self._position += 1
        return token

    def _sum(self) -> Formula:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NoFormula("too deep")
        tree = self._product()
        while self._next in ("+", "-"):
            tree = Formula(self._take(), (tree, self._product()))
        self._depth -= 1
        return tree

    def _product(self) -> Formula:
        tree = self._signed()
        while True:
            if self._next in ("*", "/"):
                tree = Formula(self._take(), (tree, self._signed()))
            elif self._starts_factor():
                tree = Formula("*", (tree, self._power()))
            else:
                return tree

    def _starts_factor(self) -> bool:
        token = self._next
        return bool(_NAME.match(token)) or token == "(" or bool(_NUMBER.match(token))

    def _signed(self) -> Formula:
        negative = False
        while self._next in ("+", "-"):
            negative ^= self._take() == "-"
        tree = self._power()
        return Formula("negative", (tree,)) if negative else tree

    def _power(self) -> Formula:
        base = self._atom()
        while self._next in ("!", "degrees"):
            base = _marked(base, self._take())
        if self._next != "^":
            return base
        self._take()
        return Formula("^", (base, self._exponent()))

    def _exponent(self) -> Formula:
        if self._next == "-":
            self._take()
            return Formula("negative", (self._power(),))
        return self._power()

    def _atom(self) -> Formula:
        token = self._take()
        if token == "(":
            return self._closed(")")
        if token == "|" and not self._in_bars:
            self._in_bars = True
            tree = Formula("abs", (self._closed("|"),))
            self._in_bars = False
            return tree
        if token in FUNCTIONS:
            return self._function(token)
        if _NUMBER.fullmatch(token):
            return Formula("number", leaf=token)
        if _NAME.fullmatch(token) and token not in _REFUSED and token != "degrees":
            return Formula("symbol", leaf=token + self._subscript())
        raise NoFormula(token)

    def _closed(self, end: str) -> Formula:
        tree = self._sum()
        self._take(end)
        return tree

    def _subscript(self) -> str:
        if self._next != "_":
            return ""
        self._take()
        if self._next != "(":
            return "_" + self._take()
        start = self._position
        self._sum_list()
        return "_" + "".join(self._tokens[start : self._position])

    def _sum_list(self) -> list[Formula]:
        self._take("(")
        parts = [self._sum()]
        while self._next == ",":
            self._take()
            parts.append(self._sum())
        self._take(")")
        return parts

    def _function(self, name: str) -> Formula:
        base = self._log_base() if name == "log" else []
        exponent = None
        if self._next == "^":
            self._take()
            exponent = self._exponent()
        arguments = self._sum_list() if self._next == "(" else [self._bare_argument()]
        if len(arguments) != (2 if name in ("root", "binom") else 1):
            raise NoFormula(name)
        if exponent == Formula("negative", (Formula("number", leaf="1"),)):
            if f"arc{name}" not in FUNCTIONS:
                raise NoFormula(name)
            return Formula(f"arc{name}", tuple(arguments))
        tree = Formula(name, (*base, *arguments))
        return tree if exponent is None else Formula("^", (tree, exponent))

    def _log_base(self) -> list[Formula]:
        if self._next != "_":
            return []
        self._take()
        return [self._atom()]

    def _bare_argument(self) -> Formula:
        """What sin 2x takes: the factors up to the next sign or function."""
        tree = self._power()
        while self._starts_factor() and self._next not in FUNCTIONS and self._next != "(":
            tree = Formula("*", (tree, self._power()))
        return tree


def _marked(tree: Formula, mark: str) -> Formula:
    if mark == tree.head == "!":
        raise NoFormula("a double factorial is not the factorial of one")
    if mark == "!":
        return Formula("!", (tree,))
    half_turn = Formula("number", leaf="180")
    return Formula("/", (Formula("*", (tree, Formula("symbol", leaf="pi"))), half_turn))
