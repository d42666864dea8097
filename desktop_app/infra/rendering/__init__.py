"""A small software renderer for cosmetic packaging: numpy geometry, studio light, printed labels.

It draws the demo catalogue. Everything is a pure function of its arguments, seeds included.
Lengths are millimetres, ``y`` points up, a product stands on ``y = 0`` and faces ``+z``.
"""
