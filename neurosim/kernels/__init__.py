"""Compiled kernels: Numba and NumPy only, flat arrays in and out."""
