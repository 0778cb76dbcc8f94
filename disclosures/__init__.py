"""What leaves: extracts, recipients, approvals and losses."""
