"""Counts and times for the operators' Prometheus: no label and no value says anything about a person."""
