"""What is measured on a result."""
