"""Building blocks of the screens: text laid out in cells, and the widgets that show it."""
