"""Pages that are printed: drawn once, written as SVG and as PDF."""
