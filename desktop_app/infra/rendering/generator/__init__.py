"""A generator of containers: any number of them, each with pictures and the truth about them.

- ``recipes``: what a container is (class, design, proportions, dressing, seed); one drawn at
  random, the same one dressed otherwise, and the container made of it.
- ``variants``: a container that differs from another in one measure only.
- ``dressing``: colours, materials and prints.
- ``outline``: the exact outline in millimetres.
- ``looks``: a studio packshot or a photo held in a hand, with masks of the container and its
  parts.

Everything is a pure function of its arguments, seeds included::

    recipe = random_recipe(ContainerClass.BOTTLE, seed=7)
    other = restyled(recipe, seed=8)          # equal outline, other colours
    wider = near_variant(recipe, VariantKind.NECK)
    shot = hand_held(make(other), seed=9)     # shot.rgb, shot.mask(), shot.outline()
"""
