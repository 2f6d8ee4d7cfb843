"""Writes a page as SVG, its text as text: it can be read out, searched and translated.

Source: W3C, Scalable Vector Graphics 1.1 (second edition).
"""

from html import escape

from tallypost.documents.drawing.drawing import Drawing, Outline, Segment, Shape, Words

FONTS = "'DejaVu Sans', Verdana, 'Noto Sans', Arial, sans-serif"
MM_PER_PT = 25.4 / 72


def svg(drawing: Drawing) -> str:
    """Return the page as a file of its own."""
    width, height = drawing.size_pt
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{FONTS}"',
            f' role="document" xml:lang="{escape(drawing.language)}"',
            f' width="{width * MM_PER_PT:.1f}mm" height="{height * MM_PER_PT:.1f}mm"',
            f' viewBox="0 0 {width:g} {height:g}">',
            f"<title>{escape(drawing.title)}</title>",
            f"<metadata>{escape(drawing.mark)}</metadata>",
            f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
            *map(_part, drawing.parts),
            "</svg>",
            "",
        ]
    )


def _part(part: Words | Shape) -> str:
    if isinstance(part, Shape):
        path = "".join(map(_outline, part.outlines))
        return f'<path fill="{part.colour}" fill-rule="evenodd" d="{path}"/>'
    weight = ' font-weight="bold"' if part.bold else ""
    return (
        f'<text x="{part.x_pt:.2f}" y="{part.y_pt:.2f}" font-size="{part.size_pt:g}"'
        f'{weight} fill="{part.colour}">{escape(part.text)}</text>'
    )


def _outline(outline: Outline) -> str:
    x, y = outline.start
    return f"M{x:.2f} {y:.2f}{''.join(map(_segment, outline.segments))}Z"


def _segment(segment: Segment) -> str:
    points = [*(segment.handles or ()), segment.end]
    told = " ".join(f"{x:.2f} {y:.2f}" for x, y in points)
    return ("L" if segment.handles is None else "C") + told
