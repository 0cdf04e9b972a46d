"""The stages of the pipeline: each takes a pair and a mirror map to start from, and returns a better one."""
