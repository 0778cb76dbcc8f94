"""Who may come in, what they may do, and which rows they may see."""
