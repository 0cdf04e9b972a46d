"""Mirror maps of every kind: from a point to its mirror partner. Points are (row, col) in units of the back's size L."""
