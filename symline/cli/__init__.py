"""The commands, one small file each, and what they share: their options, how they are run and what they tell."""
