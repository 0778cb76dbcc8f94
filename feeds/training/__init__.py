"""An invented England and Wales, advanced day by day and written out as sealed deliveries."""
