"""Look for what NIR cannot express of a network."""

from __future__ import annotations

from typing import Any

from neurosim.distributions import Distribution
from neurosim.io.nir.report import Report
from neurosim.io.nir.writer_drawn import matrices, meant, parameters, state
from neurosim.io.nir.writer_nodes import KINDS, spiking
from neurosim.network import AllToAll, FromArray, FromList, Network, OneToOne, Population
from neurosim.neurons import IFCurrDelta, IFCurrExp, Leaky
from neurosim.neurons.sources import SpikeSourceArray
from neurosim.plan.plan import Plan

CERTAIN = (AllToAll, OneToOne, FromList, FromArray)
"""Rules that draw nothing."""


def examine_plan(network: Network, plan: Plan) -> Report:
    """What NIR cannot express of a network, lowered to ``plan``."""
    report = Report(network.name)
    if network.timing != "standard":
        report.add("timing", f"{network.timing!r} becomes 'standard'", "changes")
    for population in network.populations.values():
        where = f"population {population.name!r}"
        if population.is_source:
            _source(population, where, report)
        elif type(population.kind) not in KINDS:
            what = f"{type(population.kind).__name__} has no node in NIR"
            report.add(where, what, "impossible")
        else:
            _neurons(network, population, plan, where, report)
    for name in network.inputs:
        report.add(f"input {name!r}", "Poisson input is left out", "changes")
    for name in network.injections:
        report.add(f"injection {name!r}", "injected current is left out", "changes")
    for index in range(len(plan.synapses)):
        _synapses(network, plan, index, report)
    for probe in network.probes:
        name, variables = probe.target.name, set(probe.variables)
        shown = {"spikes"} if spiking(network, name) else {"v"}
        whole = probe.target.size == probe.target.population.size and probe.start == 0.0
        if variables != shown or not whole or probe.stop is not None or probe.every is not None:
            what = f"becomes an Output: {shown.pop()} of all units, from start to end"
            report.add(f"probe of {name!r}", what, "note")
    return report


def _source(population: Population, where: str, report: Report) -> None:
    kind = population.kind
    if not isinstance(kind, SpikeSourceArray):
        report.add(where, f"{type(kind).__name__} becomes an Input without spikes", "changes")
    elif any(len(train) for train in kind.spike_times):
        report.add(where, "becomes an Input; its spike times are data, which are not kept", "note")


def _neurons(
    network: Network, population: Population, plan: Plan, where: str, report: Report
) -> None:
    kind: Any = population.kind
    values = parameters(plan, population.name)
    if any(isinstance(v, Distribution) for v in kind.values().values()):
        report.add(where, "random parameters are written as drawn", "note")
    if population.positions is not None:
        report.add(where, "positions are left out", "note")
    if isinstance(kind, (IFCurrExp, IFCurrDelta)) and (values["tau_refrac"] > 0.0).any():
        report.add(where, "NIR has no refractory period, tau_refrac becomes 0", "changes")
    if isinstance(kind, IFCurrExp) and (values["tau_syn_E"] != values["tau_syn_I"]).any():
        posts = (p for p in network.projections.values() if p.receptor == "inhibitory")
        if any(view.name == population.name for p in posts for view in p.post):
            what = "a node has one synaptic time constant, tau_syn_I becomes tau_syn_E"
            report.add(where, what, "changes")
    if isinstance(kind, Leaky) and len(set((values["beta"] >= 1.0).tolist())) > 1:
        report.add(where, "beta must be below 1, or 1 for all neurons", "impossible")
    if not spiking(network, population.name):
        _readout(network, population, bool(values["i_offset"].any()), where, report)
    for variable in kind.state:
        if variable.name not in ("v", "wait") and state(plan, population.name, variable.name).any():
            report.add(where, f"start values of {variable.name} become 0", "changes")
    if "v" in population.initial:
        what = "start values of v are in the metadata, which other programs do not read"
        report.add(where, what, "note")


def _readout(
    network: Network, population: Population, driven: bool, where: str, report: Report
) -> None:
    name, projections = population.name, network.projections.values()
    if any(pre.name == name for p in projections for pre in p.pre):
        report.add(where, "a read-out sends no spikes, its projections are left out", "note")
    sources = {pre.name for p in projections if name in {v.name for v in p.post} for pre in p.pre}
    fed = any(spiking(network, source) for source in sources)
    if not fed and (driven or getattr(population.kind, "node", "") == "Output"):
        what = "a read-out needs input from a source or spiking neurons to be reached"
        report.add(where, what, "impossible")


def _synapses(network: Network, plan: Plan, index: int, report: Report) -> None:
    block = plan.synapses[index]
    synapse, where = block.synapse, f"projection {block.name!r}"
    if synapse.kind != "static":
        what = f"{synapse.kind} becomes static, with the weights at the start"
        report.add(where, what, "changes")
    random = isinstance(synapse.weight, Distribution) or isinstance(synapse.delay, Distribution)
    if random or not isinstance(block.rule, CERTAIN):
        report.add(where, "random connections are written as drawn", "note")
    pre, post = (plan.populations[p].name for p in (block.pre, block.post))
    short = [n for n, _ in matrices(plan, index) if meant(network, pre, post, n) < 0]
    if short:
        what = f"delays of {short} step(s) are below the latency between the layers"
        report.add(where, what, "impossible")
