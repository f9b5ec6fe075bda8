"""The board's arithmetic once more, in plain Python, one neuron and one synapse at a time.

Written from the description of the machine and not from the emulator: it knows no rings, slots or
stages, only sums that are due at a tick.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from neurosim.hardware.spinnaker import fixed_point as fp
from neurosim.hardware.spinnaker.conversion import parameter
from neurosim.hardware.spinnaker.layout import amplitudes
from neurosim.hardware.spinnaker.lower import map_plan
from neurosim.hardware.spinnaker.mapping import Mapping, Route, Target
from neurosim.hardware.spinnaker.settings import Settings
from neurosim.plan.plan import Plan

w32, mul, div, decay = fp.wrapped, fp.multiply, fp.divide, fp.decayed


class Cell:
    """A cell: ``take`` what arrives, ``look`` at v and the synapses, ``step``."""

    def __init__(self, p: dict[str, float], kind: str, tick: int) -> None:
        self.kind, self.tick = kind, tick
        k = {name: fp.to_k(value) for name, value in p.items()}
        self.k = k
        self.v, self.u = k["v"], k.get("u", 0)
        self.s = [0, 0]
        self.alpha = [[0, 0, 0], [0, 0, 0]]
        self.wait, self.h = 0, tick
        if kind != "if_curr_delta":
            taus = [k["tau_syn_E"], k["tau_syn_I"]]
            self.d = [fp.exp_fraction(-div(tick, t)) for t in taus]
            self.init = [
                ((div(t, tick) * (0xFFFFFFFF - d)) >> 15) & 0xFFFFFFFF
                for t, d in zip(taus, self.d, strict=True)
            ]
            self.g = [div(tick, mul(t, t)) for t in taus]
        if "tau_m" in k:
            self.R, self.E = div(k["tau_m"], k["cm"]), fp.exp_k(-div(tick, k["tau_m"]))
            self.T = fp.up(div(k["tau_refrac"], tick))

    def take(self, r: int, amount: int) -> None:
        if amount <= 0:
            return
        if self.kind == "if_curr_delta":
            self.s[r] = w32(self.s[r] + amount)
        elif self.kind == "if_curr_alpha":
            a = self.alpha[r]
            a[2] = amount
            a[1] = w32(decay(a[1], self.d[r]) + 32768)
            a[0] = mul(w32(a[0] + mul(amount, self.g[r])), w32(32768 - div(32768, a[1])))
        else:
            self.s[r] = w32(self.s[r] + decay(amount, self.init[r]))

    def synapses(self) -> list[int]:
        if self.kind == "if_curr_alpha":
            return [mul(a[0], a[1]) for a in self.alpha]
        if self.kind == "if_cond_exp":
            return [s >> 10 for s in self.s]
        return list(self.s)

    def step(self, injected: int) -> bool:
        k, (exc, inh) = self.k, self.synapses()
        if self.kind == "if_cond_exp":
            exc = mul(exc, w32(k["e_rev_E"] - self.v))
            inh = mul(-inh, w32(k["e_rev_I"] - self.v))
        elif self.kind == "if_curr_delta":
            exc, inh = (mul(x, div(32768, self.tick)) for x in (exc, inh))
        current = w32(exc - inh + k["i_offset"] + injected)
        if self.kind == "izhikevich_curr_exp":
            spiked = self._izhikevich(current)
        else:
            if self.wait <= 0:
                goal = w32(mul(current, self.R) + k["v_rest"])
                self.v = w32(goal - mul(self.E, w32(goal - self.v)))
            else:
                self.wait -= 1
            spiked = self.v >= k["v_thresh"]
            if spiked:
                self.v, self.wait = k["v_reset"], self.T
        self._shape()
        return spiked

    def _izhikevich(self, current: int) -> bool:
        k, v, u, h = self.k, self.v, self.u, self.h
        pre = w32(4587520 + current - u)
        alpha = w32(pre + mul(w32(163840 + mul(1311, v)), v))
        eta = w32(v + (mul(h, alpha) >> 1))
        ah = mul(k["a"], h)
        beta = mul(ah, w32(mul(k["b"], v) - u)) >> 1
        self.v = w32(v + mul(h, w32(pre - beta + mul(w32(163840 + mul(1311, eta)), eta))))
        self.u = w32(u + mul(ah, w32(-u - beta + mul(k["b"], eta))))
        self.h = self.tick
        if self.v < 30 * 32768:
            return False
        self.v, self.u, self.h = k["c"], w32(self.u + k["d"]), mul(self.tick, 60620)
        return True

    def _shape(self) -> None:
        for r in (0, 1):
            if self.kind == "if_curr_delta":
                self.s[r] = 0
            elif self.kind == "if_curr_alpha":
                a = self.alpha[r]
                a[0], a[1] = w32(a[0] + mul(a[2], self.g[r])), decay(a[1], self.d[r])
            else:
                self.s[r] = decay(self.s[r], self.d[r])


class Rule:
    """Plasticity of a route: windows by lag, and what a pair does to a weight."""

    def __init__(self, route: Route, dt: float, gain: float) -> None:
        rule: Any = route.rule
        self.rule, self.dt = rule, dt
        self.a = [fp.to_k(x) for x in amplitudes(rule, gain)]
        self.low, self.high = fp.to_k(gain * rule.w_min), fp.to_k(gain * rule.w_max)
        self.nearest = rule.pairing == "nearest"

    def window(self, tau: float, lag: int) -> int:
        end = 2 * int(np.ceil(np.log(2048.0) / (self.dt / tau) / 2.0))
        return int(2048.0 * np.exp(-lag * self.dt / tau)) if lag < end else 0

    def up(self, w: int, x: int) -> int:
        if self.rule.dependence == "additive":
            return min(w32(w + mul(self.a[0], x << 4)), self.high)
        return w32(w + (w32(mul(w32(self.high - w), self.a[0]) * x) >> 11))

    def down(self, w: int, x: int) -> int:
        if self.rule.dependence == "additive":
            return max(w32(w - mul(self.a[1], x << 4)), self.low)
        return w32(w - (w32(mul(w32(w - self.low), self.a[1]) * x) >> 11))


def int16(x: int) -> int:
    return (x + 32768) % 65536 - 32768


def product(a: int, b: int) -> int:
    return (a * b) >> 11


class Oracle:
    """A network on the machine; ``run`` gives v, synapses and spikes tick by tick."""

    def __init__(self, plan: Plan, settings: Settings | None = None) -> None:
        self.mapping: Mapping = map_plan(plan, settings)
        plan = self.plan = self.mapping.plan
        self.tick = fp.to_k(plan.dt)
        self.cells = {t.population: self._cells(t) for t in self.mapping.targets}
        self.due: dict[tuple[int, int, int, int], int] = defaultdict(int)
        self.routes = [self._synapses(r) for r in self.mapping.routes]
        self.rules = [
            None if r.rule is None else Rule(r, plan.dt, self.mapping.target(r.post).cell.gain)
            for r in self.mapping.routes
        ]
        self.pre: list[dict[tuple[int, int], tuple[int, int]]] = [{} for _ in self.routes]
        self.post = {t.population: [[(0, 0)] for _ in range(t.size)] for t in self.mapping.targets}
        self.saturated = self.skipped = 0
        self.later: dict[int, list[tuple[int, int, int]]] = defaultdict(list)

    def _cells(self, target: Target) -> list[Cell]:
        block = self.plan.neurons[self.plan.populations[target.population].block]
        names = list(block.parameters)
        table = {n: parameter(self.plan, target.population, n) for n in names}
        place = self.plan.populations[target.population]
        here = slice(place.offset, place.offset + place.size)
        for name in ("v", "u"):
            if name in block.state:
                table[name] = block.state[name][here]
        kind = block.kind.kind
        return [
            Cell({n: float(c[i]) for n, c in table.items()}, kind, self.tick)
            for i in range(target.size)
        ]

    def _synapses(self, route: Route) -> dict[int, list[list[int]]]:
        """By source: [target, delay, word] of each synapse."""
        found: dict[int, list[list[int]]] = defaultdict(list)
        columns = (route.sources(), route.targets, route.delays, route.words)
        for source, target, delay, word in zip(*(c.tolist() for c in columns), strict=True):
            found[source].append([target, delay, word])
        return found

    def run(self, ticks: int) -> dict[int, tuple[Any, Any, list[tuple[int, int]]]]:
        traces: dict[int, list[Any]] = {p: [] for p in self.cells}
        inputs: dict[int, list[Any]] = {p: [] for p in self.cells}
        spikes: dict[int, list[tuple[int, int]]] = {p: [] for p in self.cells}
        wave = [c.source.samples(0, ticks, self.plan.dt, c.key) for c in self.plan.currents]
        for now in range(ticks):
            packets = [
                (a.population, int(u)) for a in self.plan.arrays for u in a.ids[a.steps == now]
            ]
            for target in self.mapping.targets:
                population = target.population
                for i, cell in enumerate(self.cells[population]):
                    for r in (0, 1):
                        amount = self.due.pop((now, population, i, r), 0)
                        cell.take(r, w32(amount << target.shifts[r]))
                traces[population].append([c.v for c in self.cells[population]])
                inputs[population].append([c.synapses() for c in self.cells[population]])
                for i, cell in enumerate(self.cells[population]):
                    injected = sum(
                        fp.to_k(w[now])
                        for c, w in zip(self.plan.currents, wave, strict=True)
                        if c.population == population and i in c.ids
                    )
                    if cell.step(injected):
                        spikes[population].append((now, i))
                        packets.append((population, i))
                        if target.rule is not None:
                            self._post(target, i, now)
            for population, unit in sorted(packets):
                self._packet(population, unit, 0, now)
            for population, unit, stage in self.later.pop(now, []):
                self._packet(population, unit, stage, now)
        return {p: (np.array(traces[p]), np.array(inputs[p]), spikes[p]) for p in self.cells}

    def _post(self, target: Target, i: int, now: int) -> None:
        history = self.post[target.population][i]
        rule = next(r for r, m in zip(self.rules, self.mapping.routes, strict=True)
                    if r is not None and m.post == target.population)  # fmt: skip
        trace = 0
        if not rule.nearest:
            then, old = history[-1]
            trace = int16(product(old, rule.window(rule.rule.tau_minus, now - then)) + 2048)
        if len(history) == 16:
            del history[1]
        history.append((now, trace))

    def _packet(self, population: int, unit: int, stage: int, now: int) -> None:
        """Static synapses take a spike once, whatever their delay; plastic ones stage by stage."""
        for n, route in enumerate(self.mapping.routes):
            if route.pre != population or unit not in self.routes[n]:
                continue
            target = self.mapping.target(route.post)
            slots = target.bits.slots
            rule = self.rules[n]
            row = self.routes[n][unit]
            if rule is None:
                if stage == 0:
                    for to, delay, word in row:
                        self._add(now + delay, target, to, route.receptor, word)
                continue
            if stage == 0:
                for further in range(1, route.stages):
                    self.later[now + further * slots].append((population, unit, further))
            mine = [s for s in row if (s[1] - 1) // slots == stage]
            if mine:
                self._learn(n, rule, target, route.receptor, unit, stage, mine, now)

    def _add(self, when: int, target: Target, to: int, receptor: int, word: int) -> None:
        key = (when, target.population, to, receptor)
        self.due[key] += word
        if self.due[key] > 65535:
            self.due[key] = 65535
            self.saturated += 1

    def _learn(
        self, n: int, rule: Rule, target: Target, receptor: int, unit: int, stage: int,
        row: list[list[int]], now: int,
    ) -> None:  # fmt: skip
        last, trace = self.pre[n].get((unit, stage), (0, 0))
        slots, shift = target.bits.slots, target.shifts[receptor]
        for synapse in row:
            to, full, word = synapse
            delay = (full - 1) % slots + 1
            if self.mapping.settings.strict:
                delay %= slots
            w = word << shift
            history = self.post[target.population][to]
            before = None
            for place, (when, post_trace) in enumerate(history):
                if when > max(now - delay, 0):
                    break
                if when <= max(last - delay, 0) or place == 0:
                    before = (place, when, post_trace)
                    continue
                lag = when + delay - last
                if lag > 0:
                    up = rule.window(rule.rule.tau_plus, lag)
                    if not rule.nearest:
                        w = rule.up(w, product(trace, up))
                    elif before is not None and before[1] <= last:
                        w = rule.up(w, up)
                before = (place, when, post_trace)
            if before is not None and before[0] > 0:
                x = rule.window(rule.rule.tau_minus, now - (before[1] + delay))
                w = rule.down(w, x if rule.nearest else product(before[2], x))
            synapse[2] = (w >> shift) & 0xFFFF
            if delay > 0:
                self._add(now + delay, target, to, receptor, synapse[2])
            else:
                self.skipped += 1
        if not rule.nearest:
            trace = int16(product(trace, rule.window(rule.rule.tau_plus, now - last)) + 2048)
        self.pre[n][unit, stage] = (now, trace)
