"""The contract of neuron kinds: parameters, state, receptors and one scalar step function.

A kind is a class derived from :class:`NeuronKind`. Its step function is written for one neuron and
one time step in plain Python on floats; the compiled backends inline its text, the reference
backend runs the very same text. Arguments are matched by name: state variables, inputs (what
arrived for each receptor), ``injected`` (nA of current sources), parameters, constants that
:meth:`derive` computes from the parameters, and ``dt``. It returns the new state in order, then
whether it spiked.

A step function may use arithmetic, comparisons, conditional expressions, ``min``, ``max``, ``abs``
and the functions of :mod:`neurosim.neurons.arithmetic`, and the kind's own ``helpers``. It must
not use ``**`` or NumPy, whose last bits differ between plain and compiled code.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np

from neurosim.declare import Bounds, Declared, number
from neurosim.errors import ParameterError, SpecError, UnsupportedError, close_matches
from neurosim.neurons import arithmetic

INJECTED = "injected"
ALLOWED_NAMES = frozenset({"min", "max", "abs", "True", "False", *arithmetic.NAMES})


@dataclass(frozen=True)
class StateVar:
    """A state variable.

    Parameters
    ----------
    name : str
        Its name, also in recordings.
    unit : str
        Unit, for example ``"mV"``.
    initial : float or str
        Start value, or the name of the parameter that holds it.
    recordable : bool
        Whether users may record it (internal counters are not).
    """

    name: str
    unit: str = "1"
    initial: float | str = 0.0
    recordable: bool = True

    def __post_init__(self) -> None:
        _require(self, "name", "must be a name that Python accepts", str.isidentifier)
        _require(self, "unit", "must be a text", str.isprintable)
        if not isinstance(self.initial, str):
            number("StateVar", "initial", self.initial, Bounds(), scalar=True)
        if not isinstance(self.recordable, bool):
            raise ParameterError(
                "StateVar", "recordable", "must be True or False", self.recordable, "Give such."
            )


@dataclass(frozen=True)
class Receptor:
    """A place where projections end.

    Parameters
    ----------
    name : str
        Name used in ``Network.project(..., receptor=...)``.
    input : str
        Argument of the step function that gets the sum of what arrived in a step.
    unit : str
        Unit of the weights (nA, uS or mV).
    sign : int
        +1 if weights must be >= 0, -1 if they must be <= 0, 0 if either is fine.
    """

    name: str
    input: str
    unit: str = "nA"
    sign: int = 0

    def __post_init__(self) -> None:
        _require(self, "name", "must be a name", bool)
        _require(self, "input", "must be a name that Python accepts", str.isidentifier)
        _require(self, "unit", "must be a text", str.isprintable)
        if not isinstance(self.sign, int) or self.sign not in (-1, 0, 1):
            raise ParameterError("Receptor", "sign", "must be -1, 0 or 1", self.sign, "Choose one.")


def _require(item: Any, field: str, rule: str, holds: Callable[[str], bool]) -> None:
    value = getattr(item, field)
    if not isinstance(value, str) or not holds(value):
        raise ParameterError(type(item).__name__, field, rule, value, "Give such.")


CURRENT_RECEPTORS = (
    Receptor("excitatory", "excitatory", "nA", +1),
    Receptor("inhibitory", "inhibitory", "nA", -1),
)
CONDUCTANCE_RECEPTORS = (
    Receptor("excitatory", "excitatory", "uS", +1),
    Receptor("inhibitory", "inhibitory", "uS", +1),
)
VOLTAGE_RECEPTORS = (
    Receptor("excitatory", "delta", "mV", +1),
    Receptor("inhibitory", "delta", "mV", -1),
)


@dataclass(frozen=True)
class Step:
    """The text of a step function (or helper) and what it takes and gives.

    Parameters
    ----------
    source : str
        Python source of one function, dedented, without decorators.
    name : str
        Name of that function.
    args : tuple of str
        Its arguments in order.
    """

    source: str
    name: str
    args: tuple[str, ...]


class NeuronKind(Declared):
    """Base of all neuron kinds, built in or defined by a user.

    Class attributes
    ----------------
    kind : str
        Name in files and error messages; by default the class name in snake case.
    state : tuple of StateVar, or mapping of names to start values
        State variables in the order in which the step function returns them.
    receptors : tuple of Receptor
        Where projections may end; by default excitatory and inhibitory currents in nA.
    step : function or str
        Scalar step function for ``timing="standard"``; see the module.
    step_spinnaker : function or str, optional
        Step function for ``timing="spinnaker"``.
    integrators : mapping of str to str
        Names of further step functions, chosen by a field called ``integrator``.
    helpers : tuple of functions
        Plain functions that the step function calls.
    """

    kind: ClassVar[str] = ""
    state: ClassVar[Any] = ()
    receptors: ClassVar[tuple[Receptor, ...]] = CURRENT_RECEPTORS
    step: ClassVar[Any] = None
    step_spinnaker: ClassVar[Any] = None
    integrators: ClassVar[Mapping[str, str]] = {}
    helpers: ClassVar[tuple[Any, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" not in cls.__dict__:
            cls.kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        if isinstance(cls.state, Mapping):
            cls.state = tuple(
                v if isinstance(v, StateVar) else StateVar(k, "1", v) for k, v in cls.state.items()
            )
        for name in ("step", "step_spinnaker", *cls.integrators.values()):
            function = cls.__dict__.get(name)
            if inspect.isfunction(function):
                setattr(cls, name, staticmethod(function))
        if cls.step is not None:
            if not cls.__module__.startswith("neurosim.neurons."):  # those are checked by a test
                check_kind(cls)
            KINDS[cls.kind] = cls

    @staticmethod
    def derive(p: Any, dt: float) -> dict[str, Any]:
        """Constants of the step function, computed once per plan in float64.

        Parameters
        ----------
        p : namespace
            Parameters, each a float or an array with one value per neuron.
        dt : float
            Time step in ms.

        Returns
        -------
        dict
            Constants by name, floats or arrays.
        """
        return {}

    @classmethod
    def inputs(cls) -> tuple[str, ...]:
        """Names of the input accumulators, in order and without repetition."""
        return tuple(dict.fromkeys(r.input for r in cls.receptors))

    @classmethod
    def receptor(cls, name: object) -> Receptor:
        """The receptor of that name.

        Raises
        ------
        UnsupportedError
            If the kind has none of that name.
        """
        for receptor in cls.receptors:
            if receptor.name == name:
                return receptor
        known = [r.name for r in cls.receptors]
        raise UnsupportedError(
            f"{cls.__name__}.receptor: unknown, got {name!r}. {close_matches(name, known)}"
        )

    @classmethod
    def recordable(cls) -> tuple[str, ...]:
        """Variables that can be recorded."""
        return ("spikes", *(s.name for s in cls.state if s.recordable))

    @classmethod
    def steps(cls, timing: str, integrator: str | None = None) -> tuple[Step, ...]:
        """Texts of the helpers, then of the step function.

        Raises
        ------
        UnsupportedError
            If the kind has no step function for this timing.
        """
        if timing == "spinnaker":
            name = "step_spinnaker"
        else:
            name = cls.integrators[integrator] if integrator else "step"
        function = getattr(cls, name)
        if function is None:
            raise UnsupportedError(
                f"{cls.__name__} has no form for timing {timing!r}. Use timing='standard'."
            )
        return (*(text_of(h, cls.__name__) for h in cls.helpers), text_of(function, cls.__name__))

    def constants(self, dt: float) -> dict[str, Any]:
        """Parameters and derived constants by name, for a time step of ``dt`` ms."""
        kinds = (float, int, np.ndarray)
        values = {k: v for k, v in self.values().items() if isinstance(v, kinds)}
        derived = type(self).derive(SimpleNamespace(**self.values()), dt)
        return {**values, **derived}


KINDS: dict[str, type[NeuronKind]] = {}
"""All kinds known in this process, by name: a user's kind joins when its class is made."""


def kind_named(name: str) -> type[NeuronKind]:
    """The neuron kind of that name.

    Raises
    ------
    SpecError
        If no class of that name has been defined in this process.
    """
    if name not in KINDS:
        raise SpecError(
            f"neuron kind: must be defined in this process, got {name!r}. "
            f"{close_matches(name, KINDS)} A kind of your own must be defined (run its cell or "
            "import its module) before a network that uses it is loaded."
        )
    return KINDS[name]


@functools.lru_cache(maxsize=512)
def text_of(function: Callable[..., Any] | str, owner: str) -> Step:
    """Text, name and arguments of a function given as function or as text.

    Raises
    ------
    SpecError
        If the source cannot be read or is no plain function.
    """
    if isinstance(function, str):
        source = textwrap.dedent(function)
    else:
        try:
            source = textwrap.dedent(inspect.getsource(function))
        except (OSError, TypeError) as error:
            raise SpecError(
                f"{owner}.step: source text must be readable, got {function!r}. "
                "Give the step function as text (a string) instead."
            ) from error
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise SpecError(f"{owner}.step: must be valid Python, got {error}. Correct it.") from error
    node = tree.body[0] if len(tree.body) == 1 else None
    if not isinstance(node, ast.FunctionDef):
        raise SpecError(f"{owner}.step: must be one function, got {source[:60]!r}. Use 'def'.")
    node.decorator_list = []
    node.returns = None
    for arg in node.args.args:
        arg.annotation = None
    if len(node.body) > 1 and ast.get_docstring(node, clean=False) is not None:
        del node.body[0]
    args = tuple(a.arg for a in node.args.args)
    return Step(ast.unparse(node), node.name, args)


def check_kind(cls: type[NeuronKind]) -> None:
    """Whether the step functions of a kind can be compiled.

    Raises
    ------
    SpecError
        If one uses what is not there, or does not return what the kind declares.
    """
    helpers = [text_of(h, cls.__name__) for h in cls.helpers]
    names = {helper.name for helper in helpers}
    for helper in helpers:
        _check_text(cls, helper.name, helper, names)
    for name in ("step", "step_spinnaker", *cls.integrators.values()):
        function = getattr(cls, name)
        if function is None:
            continue
        step = text_of(function, cls.__name__)
        _check_text(cls, name, step, names)
        returns = [n for n in ast.walk(ast.parse(step.source)) if isinstance(n, ast.Return)]
        for node in returns or [ast.Return()]:
            _check_return(cls, name, node)


def _check_text(cls: type[NeuronKind], name: str, text: Step, helpers: set[str]) -> None:
    tree = ast.parse(text.source)
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    known = stored | set(text.args) | helpers | ALLOWED_NAMES
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in known:
            raise SpecError(
                f"{cls.__name__}.{name}: may use its arguments and "
                f"{', '.join(sorted(ALLOWED_NAMES))} only, got {node.id!r}. "
                "Add it to 'helpers' or to the parameters."
            )
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            raise SpecError(
                f"{cls.__name__}.{name}: must not use '**', got {ast.unparse(node)!r}. "
                "Write a product, or exp(y * log(x))."
            )


def _check_return(cls: type[NeuronKind], name: str, node: ast.Return) -> None:
    count = len(cls.state) + 1
    if not isinstance(node.value, ast.Tuple) or len(node.value.elts) != count:
        names = ", ".join([*(s.name for s in cls.state), "spiked"])
        raise SpecError(
            f"{cls.__name__}.{name}: must return ({names}), got {ast.unparse(node)!r}. "
            "Return the new state in the order of 'state', then whether it spiked."
        )
