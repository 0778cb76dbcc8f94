"""The officer's desk: the alerts inbox, the release calendar and its link, and help."""
