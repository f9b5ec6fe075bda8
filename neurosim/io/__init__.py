"""Files: recordings, saved states, and the one way in which they are written."""
