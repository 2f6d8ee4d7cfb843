"""Writes a page as PDF, with the letters that it needs, and nothing that runs.

Source: ISO 32000-1:2008; fonts, 9.7 "Composite fonts" and 9.10.3 "ToUnicode CMaps".
"""

from collections.abc import Mapping
from io import BytesIO

import pydyf

from tallypost.documents.drawing.drawing import Drawing, Shape, Words
from tallypost.documents.drawing.font import Face, Fonts, face

FACES = {False: "Regular", True: "Bold"}
"""What a page calls its fonts, by whether they are bold."""
_CMAP = """\
/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
{letters}
endcmap CMapName currentdict /CMap defineresource pop end end"""
_CMAP_LINES_MAX = 100
SYMBOLIC = 4
"""Its letters are numbered in a way of their own. Source: ISO 32000-1, table 123."""
STEM_EM_1000 = 80
"""How thick its strokes are: only for readers that cannot use the font itself."""


def pdf(
    drawing: Drawing, fonts: Fonts, attached: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the page as a file of its own.

    Args:
        drawing: What is on it.
        fonts: Where its letters come from.
        attached: Files that it carries, by their names, of ASCII.

    Raises:
        PaperError: They have not all the letters, or cannot be read.
    """
    document = pydyf.PDF()
    faces = {}
    for bold, file in ((False, fonts.regular), (True, fonts.bold)):
        words = [each for each in drawing.parts if isinstance(each, Words)]
        faces[bold] = face(file, (each.text for each in words if each.bold == bold))
    content = pydyf.Stream(compress=True)
    for part in drawing.parts:
        if isinstance(part, Shape):
            _fill(part, content, drawing.size_pt[1])
        else:
            _write(part, content, faces[part.bold], drawing.size_pt[1])
    resources = pydyf.Dictionary(
        {FACES[bold]: _font(document, each) for bold, each in faces.items()}
    )
    document.add_page(_page(document, drawing, content, resources))
    document.catalog["Lang"] = pydyf.String(drawing.language)
    document.catalog["ViewerPreferences"] = "<</DisplayDocTitle true>>"
    document.info["Title"] = pydyf.String(drawing.title)
    document.info["Keywords"] = pydyf.String(drawing.mark)
    if attached:
        _attach(document, attached)
    out = BytesIO()
    document.write(out)
    return out.getvalue()


def _attach(document: pydyf.PDF, attached: Mapping[str, bytes]) -> None:
    """Add files to a document. Source: ISO 32000-1, 7.11.4 "Embedded file streams"."""
    names = pydyf.Array()
    for name, data in sorted(attached.items()):
        extra = {"Type": "/EmbeddedFile", "Params": f"<</Size {len(data)}>>"}
        stream = _added(document, pydyf.Stream([data], extra, compress=True))
        described = {
            "Type": "/Filespec",
            "F": pydyf.String(name),
            "UF": pydyf.String(name),
            "EF": pydyf.Dictionary({"F": stream}),
        }
        names += [
            pydyf.String(name),
            _added(document, pydyf.Dictionary(described)),
        ]
    tree = pydyf.Dictionary({"Names": names})
    document.catalog["Names"] = pydyf.Dictionary({"EmbeddedFiles": tree})


def _page(
    document: pydyf.PDF,
    drawing: Drawing,
    content: pydyf.Stream,
    fonts: pydyf.Dictionary,
) -> pydyf.Dictionary:
    return pydyf.Dictionary(
        {
            "Type": "/Page",
            "Parent": document.pages.reference,
            "MediaBox": pydyf.Array([0, 0, *drawing.size_pt]),
            "Contents": _added(document, content),
            "Resources": pydyf.Dictionary({"Font": fonts}),
        }
    )


def _colour(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _fill(shape: Shape, content: pydyf.Stream, height_pt: float) -> None:
    """Draw a shape; a PDF's y grows upward."""
    content.set_color_rgb(*_colour(shape.colour))
    for outline in shape.outlines:
        content.move_to(outline.start[0], height_pt - outline.start[1])
        for segment in outline.segments:
            points = [*(segment.handles or ()), segment.end]
            flat = [each for x, y in points for each in (x, height_pt - y)]
            draw = content.line_to if segment.handles is None else content.curve_to
            draw(*flat)
        content.close()
    content.fill(even_odd=True)


def _write(words: Words, content: pydyf.Stream, face: Face, height_pt: float) -> None:
    content.begin_text()
    content.set_color_rgb(*_colour(words.colour))
    content.set_font_size(FACES[words.bold], words.size_pt)
    content.set_text_matrix(1, 0, 0, 1, words.x_pt, height_pt - words.y_pt)
    content.show_text(f"<{face.encoded(words.text).hex()}>")
    content.end_text()


def _font(document: pydyf.PDF, face: Face) -> bytes:
    """Add a font to a document and return its address there."""
    letters = {
        "Type": "/Font",
        "Subtype": "/CIDFontType2",
        "BaseFont": f"/{face.name}",
        "CIDSystemInfo": "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
        "CIDToGIDMap": "/Identity",
        "W": pydyf.Array([0, pydyf.Array(face.widths)]),
        "FontDescriptor": _described(document, face),
    }
    descendant = _added(document, pydyf.Dictionary(letters))
    font = {
        "Type": "/Font",
        "Subtype": "/Type0",
        "BaseFont": f"/{face.name}",
        "Encoding": "/Identity-H",
        "DescendantFonts": pydyf.Array([descendant]),
        "ToUnicode": _added(document, pydyf.Stream([_meaning(face)], compress=True)),
    }
    return _added(document, pydyf.Dictionary(font))


def _described(document: pydyf.PDF, face: Face) -> bytes:
    """Add the font's file and its measures, and return the address of these."""
    data = pydyf.Stream([face.data], {"Length1": len(face.data)}, compress=True)
    _, low, _, high = face.bounds
    described = {
        "Type": "/FontDescriptor",
        "FontName": f"/{face.name}",
        "Flags": SYMBOLIC,
        "FontBBox": pydyf.Array(face.bounds),
        "ItalicAngle": 0,
        "Ascent": high,
        "Descent": low,
        "CapHeight": high,
        "StemV": STEM_EM_1000,
        "FontFile2": _added(document, data),
    }
    return _added(document, pydyf.Dictionary(described))


def _added(document: pydyf.PDF, part: pydyf.Object) -> bytes:
    document.add_object(part)
    return bytes(part.reference)


def _meaning(face: Face) -> str:
    """Return which letter each number is, for those who search, copy or listen."""
    told = [
        f"<{number:04x}> <{letter.encode('utf-16-be').hex()}>"
        for letter, number in face.numbers.items()
    ]
    blocks = [
        told[at : at + _CMAP_LINES_MAX] for at in range(0, len(told), _CMAP_LINES_MAX)
    ]
    return _CMAP.format(
        letters="\n".join(
            f"{len(each)} beginbfchar\n" + "\n".join(each) + "\nendbfchar"
            for each in blocks
        )
    )
