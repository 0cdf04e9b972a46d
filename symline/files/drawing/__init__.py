"""Drawing with numpy and Pillow: colours, strokes and letters, for the pictures symline writes."""
