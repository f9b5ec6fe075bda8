"""Scripts that run benchmark networks on other simulators.

Each file stands alone: it needs the simulator, NumPy and the standard library, reads its task as
JSON (an argument or a file, see :mod:`neurosim.benchmarks.tasks`) and answers with one line
``RESULT {json}``. It holds no number of a network.
"""
