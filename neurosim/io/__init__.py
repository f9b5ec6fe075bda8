"""Files, and other packages: recordings, saved states, Neo, tables, PyNN; one way of writing."""
