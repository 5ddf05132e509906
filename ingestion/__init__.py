"""Opens a file, names its cells, keeps the original, writes `raw`.

Never judges, never calculates, never drops a row.
"""
