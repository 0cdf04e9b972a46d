"""`report.html`: the page that shows a whole batch, made from its outputs alone."""
