"""The letters that ship: Markdown with front matter, one file per letter and language."""
