"""What comes in: `load` reads connected accounts, `files` reads exports that people download.

Both keep what they received in the lake, put what breaks its contract into quarantine, and append to `raw`
only what changed.
"""
