"""Measurements, each beside what it is weighed against: `make bench`, or `python -m bench PART …` for some of them."""
