"""The network description: plain data, comparable and serialisable, without any backend object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from neurosim.declare import Bounds, number
from neurosim.errors import ParameterError, UnsupportedError, WiringError, close_matches
from neurosim.network.checks import (
    check_injectable,
    check_length,
    check_name,
    check_same_window,
    check_shapes,
    check_sizes,
    checked_initial,
    checked_positions,
    checked_variables,
)
from neurosim.network.connectors import Connector
from neurosim.network.population import Assembly, Group, Population, View
from neurosim.network.projection import Injection, Input, Probe, Projection, own_pairs
from neurosim.network.signs import signed_synapse, signed_weight
from neurosim.neurons.base import NeuronKind
from neurosim.neurons.currents import CurrentSource
from neurosim.neurons.sources import PoissonInput, SpikeSource
from neurosim.synapses import STDP, SynapseKind

TIMINGS = ("standard", "spinnaker")


class Network:
    """A spiking network: populations, projections, inputs, injected currents and probes.

    Parameters
    ----------
    name : str
        Name, used in titles and reports.
    timing : {"standard", "spinnaker"}
        Order of the events in a step, see ``docs/concepts/update-order.md``.

    Examples
    --------
    >>> import neurosim as ns
    >>> net = ns.Network()
    >>> stim = net.population("stim", 1, ns.SpikeSourceArray(spike_times=[[5.0]]))
    >>> exc = net.population("exc", 10, ns.IFCurrExp())
    >>> net.project(stim, exc, ns.AllToAll(), ns.Static(weight=0.5, delay=1.0)).name
    'stim->exc'
    """

    def __init__(self, name: str = "network", timing: str = "standard") -> None:
        self.name = check_name("Network", "name", name)
        if timing not in TIMINGS:
            raise ParameterError(
                "Network", "timing", f"must be one of {TIMINGS}", timing,
                close_matches(timing, TIMINGS),
            )  # fmt: skip
        self.timing = timing
        self.populations: dict[str, Population] = {}
        self.projections: dict[str, Projection] = {}
        self.inputs: dict[str, Input] = {}
        self.injections: dict[str, Injection] = {}
        self.probes: list[Probe] = []

    def population(
        self,
        name: str,
        size: int,
        kind: NeuronKind | SpikeSource,
        initial: Mapping[str, Any] | None = None,
        positions: Any = None,
    ) -> Population:
        """Add a population.

        Parameters
        ----------
        name : str
            Unique name.
        size : int
            Number of units, >= 1.
        kind : NeuronKind or SpikeSource
            What the units are, for example ``IFCurrExp(tau_m=15.0)``.
        initial : mapping, optional
            Start values of state variables: numbers, arrays of ``size`` values or distributions.
        positions : array_like, shape (size, 1 to 3), optional
            Positions of the units, in any unit of length.

        Returns
        -------
        Population

        Raises
        ------
        ParameterError, WiringError
            If a value is not allowed or the name is taken.
        """
        name = self._new(name, self.populations, "population")
        where = f"population {name!r}"
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise ParameterError(
                "Population", "size", "must be a whole number >= 1", size, "Give such.", where
            )
        if not isinstance(kind, (NeuronKind, SpikeSource)):
            hint = "Give an instance, for example IFCurrExp()."
            raise ParameterError(
                "Population", "kind", "must be a neuron kind or spike source", kind, hint, where
            )
        size = int(size)
        check_sizes(kind, size, where)
        start = checked_initial(kind, size, {} if initial is None else initial, where)
        place = None if positions is None else checked_positions(positions, size, where)
        made = Population(name, size, kind, start, place)
        self.populations[name] = made
        return made

    def project(
        self,
        pre: Group | str | Sequence[Any],
        post: Group | str | Sequence[Any],
        connector: Connector,
        synapse: SynapseKind,
        receptor: str = "excitatory",
        name: str | None = None,
        signed: bool = False,
    ) -> Projection:
        """Connect two groups.

        Parameters
        ----------
        pre, post : Population, View, Assembly, name, or list of those
            Sources and targets. A list is one group, counted through in order.
        connector : Connector
            Which pairs are joined.
        synapse : SynapseKind
            Weight, delay and plasticity.
        receptor : str
            Receptor of the target kind.
        name : str, optional
            Unique name, by default ``"pre->post"`` (with a number when taken).
        signed : bool
            Allow weights of either sign at a receptor that has one.

        Raises
        ------
        ParameterError, WiringError
            If something does not fit.
        """
        sources, targets = self._group(pre, "pre"), self._group(post, "post")
        label = name
        if label is None:
            label = stem = "->".join("+".join(v.name for v in side) for side in (sources, targets))
            count = 1
            while label in self.projections:
                count += 1
                label = f"{stem} ({count})"
        label = self._new(label, self.projections, "projection")
        if not isinstance(connector, Connector):
            raise ParameterError(
                "Network.project", "connector", "must be a connector", connector,
                "Give an instance, for example AllToAll().", f"projection {label!r}",
            )  # fmt: skip
        if not isinstance(synapse, SynapseKind):
            raise ParameterError(
                "Network.project", "synapse", "must be a synapse kind", synapse,
                "Give an instance, for example Static(weight=0.1).", f"projection {label!r}",
            )  # fmt: skip
        if not isinstance(signed, (bool, np.bool_)):
            raise ParameterError(
                "Network.project", "signed", "must be True or False", signed, "Give one of them.",
                f"projection {label!r}",
            )  # fmt: skip
        n_pre, n_post = (sum(v.size for v in side) for side in (sources, targets))
        connector.fit(n_pre, n_post, own_pairs(sources, targets), label)
        check_shapes(synapse, connector, n_pre, n_post, label)
        if isinstance(synapse, STDP) and self.timing == "spinnaker":
            fraction = synapse.dendritic_delay_fraction
            if fraction != 1.0:
                raise UnsupportedError(
                    f"projection {label!r}: timing 'spinnaker' needs dendritic_delay_fraction 1, "
                    f"got {fraction}. Leave it at 1."
                )
        for view in targets:
            found = self._receptor(view, receptor, f"projection {label!r}")
            synapse = signed_synapse(synapse, found, label, signed)
        made = Projection(label, sources, targets, connector, synapse, receptor, bool(signed))
        self.projections[label] = made
        return made

    def inject(
        self,
        source: PoissonInput | CurrentSource,
        target: Group | str | Sequence[Any],
        name: str | None = None,
    ) -> None:
        """Drive neurons by Poisson input or a current source.

        Parameters
        ----------
        source : PoissonInput or CurrentSource
            What drives them.
        target : Population, View, Assembly, name, or list of those
            The neurons.
        name : str, optional
            Unique name, by default made from the target's. It also names the random stream.
        """
        views = self._group(target, "target")
        if isinstance(source, PoissonInput):
            inputs: dict[str, Input] = {}
            for view in views:
                label = self._label(name, "poisson", {**self.inputs, **inputs}, views, view)
                receptor = self._receptor(view, source.receptor, f"input {label!r}")
                signed_weight(
                    "PoissonInput", source.weight, receptor, f"input {label!r}",
                    "Change the sign (PyNN's rule).",
                )  # fmt: skip
                check_length(source.rate, view.size, "PoissonInput", "rate", f"input {label!r}")
                inputs[label] = Input(label, view, source)
            self.inputs.update(inputs)
        elif isinstance(source, CurrentSource):
            stem = type(source).__name__
            injections: dict[str, Injection] = {}
            for view in views:
                label = self._label(name, stem, {**self.injections, **injections}, views, view)
                check_injectable(view.population.kind, f"injection {label!r}", view.name)
                injections[label] = Injection(label, view, source)
            self.injections.update(injections)
        else:
            raise ParameterError(
                "Network.inject", "source", "must be PoissonInput or a current source", source,
                "Give for example DCSource(amplitude=0.5).",
            )  # fmt: skip

    def record(
        self,
        target: Group | str | Sequence[Any],
        variables: str | Sequence[str] = "spikes",
        every: Any = None,
        start: Any = 0.0,
        stop: Any = None,
    ) -> None:
        """Record variables of some units.

        Parameters
        ----------
        target : Population, View, Assembly, name, or list of those
            The units.
        variables : str or sequence of str
            ``"spikes"`` and names of state variables such as ``"v"``.
        every : float, optional
            Sampling interval of state variables, ms; every time step by default.
        start, stop : float, optional
            Window of time to record, ms.
        """
        names = checked_variables(variables)
        if every is not None:
            every = number("Network.record", "every", every, Bounds("ms", above=0.0), scalar=True)
        start = number("Network.record", "start", start, Bounds("ms", low=0.0), scalar=True)
        if stop is not None:
            stop = number("Network.record", "stop", stop, Bounds("ms", low=start), scalar=True)
        views = self._group(target, "target")
        for view in views:
            known = view.population.kind.recordable()
            for variable in names:
                if variable not in known:
                    raise WiringError(
                        f"Network.record: {view.name!r} has no variable {variable!r}. "
                        f"{close_matches(variable, known)}"
                    )
        probes = [Probe(view, names, every, start, stop) for view in views]
        for probe in probes:
            for earlier in self.probes:
                check_same_window(earlier, probe)
        self.probes.extend(probes)

    def to_dict(self) -> dict[str, Any]:
        """The network as plain dictionaries, lists, numbers and words (JSON)."""
        from neurosim.network.serial import to_dict

        return to_dict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Network:
        """A network from what :meth:`to_dict` gave."""
        from neurosim.network.serial import from_dict

        return from_dict(data)

    def _parts(self) -> tuple[Any, ...]:
        return (
            self.name, self.timing, self.populations, self.projections, self.inputs,
            self.injections, self.probes,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return self._parts() == other._parts() if isinstance(other, Network) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, name: str) -> Population:
        if name not in self.populations:
            raise WiringError(
                f"Network: no population {name!r}. {close_matches(name, self.populations)}"
            )
        return self.populations[name]

    def __repr__(self) -> str:
        from neurosim.network.show import text

        return text(self)

    def _repr_html_(self) -> str:
        from neurosim.network.show import html

        return html(self)

    def _new(self, name: Any, taken: Mapping[str, Any], what: str) -> str:
        label = check_name("Network", what, name)
        if label in taken:
            raise WiringError(
                f"{what} {label!r}: names must differ, it exists. Choose another name."
            )
        return label

    def _label(
        self, name: str | None, stem: str, taken: Mapping[str, Any], views: Sequence[View],
        view: View,
    ) -> str:  # fmt: skip
        """The name as given for one view, else with the view's and a number where it is taken."""
        if name is not None and len(views) == 1:
            return self._new(name, taken, "input")
        first = stem if name is None else check_name("Network", "name", name)
        label, count = f"{first}->{view.name}", 1
        stem = label
        while label in taken:
            count += 1
            label = f"{stem} ({count})"
        return label

    def _group(self, group: Any, field: str) -> tuple[View, ...]:
        if isinstance(group, str):
            if group not in self.populations:
                raise WiringError(
                    f"Network.{field}: no population {group!r}. "
                    f"{close_matches(group, self.populations)}"
                )
            group = self.populations[group]
        if isinstance(group, (list, tuple)):
            if not group:
                raise ParameterError("Network", field, "must hold a population", group, "Add one.")
            return tuple(view for item in group for view in self._group(item, field))
        if not isinstance(group, (Population, View, Assembly)):
            raise ParameterError(
                "Network", field, "must be a population, view, assembly, name or list of them",
                group, "Give what Network.population returned.",
            )  # fmt: skip
        for view in group.parts:
            if self.populations.get(view.name) is not view.population:
                raise WiringError(
                    f"Network.{field}: population {view.name!r} belongs to another network. Use "
                    "populations of this one."
                )
        return group.parts

    def _receptor(self, view: View, receptor: Any, where: str) -> Any:
        kind = view.population.kind
        if not isinstance(kind, NeuronKind):
            raise WiringError(
                f"{where}: {view.name!r} is a spike source and receives nothing. Choose neurons."
            )
        known = [r.name for r in kind.receptors]
        if receptor not in known:
            raise WiringError(
                f"{where}: {type(kind).__name__} has no receptor {receptor!r}. "
                f"{close_matches(receptor, known)}"
            )
        return kind.receptor(receptor)
