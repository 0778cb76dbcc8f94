"""Commands of the vault, one a module."""
