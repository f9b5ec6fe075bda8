"""Files and other programs: recordings, states, tables, Neo, NIR, PyNN, Brian2, snnTorch, Norse."""
