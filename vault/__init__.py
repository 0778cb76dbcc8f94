"""Keys, sealing of values and fields, blind indexes."""
