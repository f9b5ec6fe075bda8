"""Files and other programs: recordings, saved states, NIR, modules of snnTorch and Norse."""
