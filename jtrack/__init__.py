"""The wiring: settings, the table of doors, the worker and the embedded servers."""
