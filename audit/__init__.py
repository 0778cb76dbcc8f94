"""Who did what to whom, written before anyone sees an answer."""
