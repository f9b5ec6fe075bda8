"""Brian2's neuron groups and equations as neuron kinds of ours (extra ``brian2``).

Brian2 parses the equations and its state updater turns them into statements; those become the text
of a step function, which every backend with compiled or plain steps runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from neurosim.backends.brian2_load import load, quiet
from neurosim.declare import Value, param
from neurosim.errors import SpecError, UnsupportedError
from neurosim.io.brian2_step import Step, make_step
from neurosim.io.brian2_text import HELPERS
from neurosim.io.brian2_units import number, unit_name
from neurosim.neurons.base import NeuronKind, Receptor, StateVar

FLAGS = ("unless refractory", "constant", "shared")
"""Flags of equations that have a meaning in a step function."""


class Imported(NamedTuple):
    """What became of a group of Brian2.

    Parameters
    ----------
    cells : NeuronKind
        An object of the new kind with the parameters of the group; ``type(cells)`` is the kind.
    initial : dict
        Present values of the state variables, for ``Network.population(initial=...)``.
    size : int
        Number of neurons.
    """

    cells: NeuronKind
    initial: dict[str, Any]
    size: int


def import_brian2(
    model: Any,
    name: str,
    *,
    receptors: Mapping[str, str] | None = None,
    current: str | None = None,
    threshold: str | None = None,
    reset: str | None = None,
    refractory: Any = False,
    method: str | None = None,
    namespace: Mapping[str, Any] | None = None,
) -> Imported:
    """Make a neuron kind of a ``NeuronGroup``, of ``Equations`` or of their text.

    Numbers are in our units afterwards: ms, mV, nA, nF, uS, MOhm. Parameters of the equations and
    names of the namespace become parameters of the kind.

    Parameters
    ----------
    model : NeuronGroup, Equations or str
        What to take over. A group brings its threshold, reset, refractoriness and method along.
    name : str
        Name of the kind.
    receptors : mapping of str to str, optional
        Variable that a weight is added to, by name of the receptor: what Brian2's
        ``on_pre="ge_post += w"`` does is ``{"excitatory": "ge"}``.
    current : str, optional
        Parameter of the equations (in amperes) that injected currents are added to.
    threshold, reset, refractory, method : optional
        As for Brian2's ``NeuronGroup``; not for a group, which has its own.
    namespace : mapping, optional
        Values of names that the equations use and the group does not know.

    Returns
    -------
    Imported

    Raises
    ------
    MissingDependency
        If Brian2 is not installed.
    SpecError
        If names are missing, wrong or taken, or the equations are inconsistent.
    UnsupportedError
        Naming what has no form in a step function: noise, time, summed, linked or event-driven
        variables, events of one's own, statements that run regularly.

    Notes
    -----
    A step is Brian2's: integration, threshold, arrived weights, reset. Brian2 stamps a spike with
    the start of its step, we stamp it with the end: our spike times are those of Brian2 plus
    ``dt``. Samples are at the same times.

    Examples
    --------
    >>> cells = import_brian2(  # doctest: +SKIP
    ...     "dv/dt = (E - v) / tau : volt", "Leak", threshold="v > -50*mV", reset="v = E",
    ...     namespace={"E": -60 * mV, "tau": 10 * ms}, receptors={"excitatory": "v"},
    ... ).cells
    """
    brian2 = load("import_brian2")
    if not isinstance(name, str) or not name.isidentifier():
        raise SpecError(
            f"import_brian2.name: must be a name that Python accepts, got {name!r}. Give such."
        )
    given = {"threshold": threshold, "reset": reset, "method": method}
    values = dict(namespace or {})
    with quiet():
        group = _group(brian2, model, given, refractory, values)
        _refuse_extras(group, name)
        step = make_step(brian2, group, name, values, dict(receptors or {}), current)
    return _imported(group, name, step)


def _group(
    brian2: Any, model: Any, given: dict[str, Any], refractory: Any, namespace: dict[str, Any]
) -> Any:
    """The group, or one around the equations."""
    if isinstance(model, brian2.NeuronGroup):
        wrong = [k for k, v in given.items() if v is not None]
        wrong += [] if refractory is False else ["refractory"]
        if wrong:
            raise SpecError(
                f"import_brian2.{wrong[0]}: must not be given with a NeuronGroup, which has its "
                f"own, got {given.get(wrong[0], refractory)!r}. Leave it out."
            )
        return model
    if not isinstance(model, str | brian2.Equations):
        raise SpecError(
            "import_brian2.model: must be a NeuronGroup, Equations or their text, got "
            f"{type(model).__name__}. Give one of these."
        )
    from brian2.equations.equations import EquationError

    try:
        equations = brian2.Equations(model) if isinstance(model, str) else model
        _refuse_flags(equations)
        options = {k: v for k, v in given.items() if v is not None}
        if "threshold" in options:
            options.setdefault("reset", "")  # Brian2 warns where there is none
        group = brian2.NeuronGroup(
            1, equations, refractory=refractory, namespace=namespace, **options
        )
        group._network = "imported"  # else Brian2 warns that no network has run it
        return group
    except SpecError:
        raise
    except (SyntaxError, TypeError, ValueError, EquationError) as error:
        raise SpecError(
            f"import_brian2.model: Brian2 must accept it, got {error}. Correct the equations."
        ) from error


def _refuse_flags(equations: Any) -> None:
    """Raise if an equation has a flag that a step function has no form for."""
    for equation in equations.values():
        unknown = [flag for flag in equation.flags if flag not in FLAGS]
        if unknown:
            raise UnsupportedError(
                f"Brian2 equation of {equation.varname!r}: flag '{unknown[0]}' has no form in a "
                "step function. Leave it out, or run the group in Brian2."
            )
        if equation.type != "subexpression" and equation.var_type != "float":
            raise UnsupportedError(
                f"Brian2 equation of {equation.varname!r}: must be a number of type float, got "
                f"{equation.var_type}. Declare it as such."
            )


def _refuse_extras(group: Any, name: str) -> None:
    """Raise if a group does more than its equations, threshold, reset and refractoriness."""
    _refuse_flags(group.user_equations)
    if group.user_equations.is_stochastic:
        raise UnsupportedError(
            f"Brian2 equations of {name!r}: are stochastic ('xi'), which has no form in a step "
            "function. Use PoissonInput or a NoisySource."
        )
    events = [event for event in group.events if event != "spike"]
    if events:
        raise UnsupportedError(
            f"Brian2 group of {name!r}: event {events[0]!r} has no form in a step function. Only "
            "the threshold has."
        )
    own = [group.state_updater, *group.thresholder.values(), *group.resetter.values()]
    others = [x.name for x in group.contained_objects if all(x is not mine for mine in own)]
    if others:
        raise UnsupportedError(
            f"Brian2 group of {name!r}: {others[0]!r} runs beside its equations (run_regularly or "
            "run_on_event), which has no form in a step function. Leave it out."
        )
    if group._linked_variables:
        raise UnsupportedError(
            f"Brian2 group of {name!r}: {min(group._linked_variables)!r} is linked to another "
            "group. Copy its values."
        )


def _imported(group: Any, name: str, step: Step) -> Imported:
    """The kind, an object of it and the start values."""
    body: dict[str, Any] = {
        "__doc__": f"Brian2's equations\n\n::\n\n    {step.equations}\n",
        "__module__": "__main__",  # a kind of the user's, as if defined where it is used
        "__annotations__": {},
        "state": tuple(
            StateVar(s, unit_name(d), start, s not in step.hidden) for s, d, start in step.states
        ),
        "receptors": tuple(
            Receptor(r, f"in_{r}", unit_name(step.dimensions[v])) for r, v in step.receptors.items()
        ),
        "helpers": tuple(HELPERS[h] for h in sorted(step.helpers)),
        "step": step.source,
    }
    values = {}
    for parameter, (value, dimension) in step.parameters.items():
        found = number(value, dimension)
        values[parameter] = found if np.ndim(found) == 0 or len(set(found)) > 1 else found[0]
        first = float(np.ravel(found)[0])
        body["__annotations__"][parameter] = Value
        body[parameter] = param(first, unit_name(dimension), doc="of Brian2's equations")
    kind: Any = type(name, (NeuronKind,), body)
    initial = {}
    for variable, dimension, _ in step.states:
        if variable in group.variables:
            found = number(group.variables[variable].get_value(), dimension)
            initial[variable] = float(found[0]) if len(set(found)) == 1 else found
    return Imported(kind(**values), initial, int(group.N))
