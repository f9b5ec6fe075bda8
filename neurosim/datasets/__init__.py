"""Data that ships with packages, is generated, or lies in the folder NEUROSIM_DATA."""
