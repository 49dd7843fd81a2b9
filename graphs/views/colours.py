"""The colours of attack paths, dark enough for a line and a number on a light ground."""

COLOURS = (
    "#c92a2a",
    "#1864ab",
    "#2b8a3e",
    "#862e9c",
    "#d9480f",
    "#0b7285",
    "#a61e4d",
    "#5c940d",
    "#5f3dc4",
    "#7f5539",
    "#364fc7",
    "#087f5b",
)


def colour(number: int) -> str:
    """The colour of the n-th path, counted from 1; they come round again."""
    return COLOURS[(number - 1) % len(COLOURS)]
