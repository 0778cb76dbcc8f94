"""Run every measurement and print one line a figure."""

import django

from bench import embedded, sealing

MEASUREMENTS = (sealing.figures, embedded.figures)


def main() -> None:
    """Print the figures as they come."""
    django.setup()
    for measurement in MEASUREMENTS:
        for figure in measurement():
            print(figure, flush=True)


if __name__ == "__main__":
    main()
