"""Filters that templates write dates, numbers and signs with."""
