"""Tags of the access package."""
