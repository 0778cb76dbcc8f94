"""What pages show, read and worded before a template sees it."""
