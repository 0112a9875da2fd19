"""Operators that networks are made of: convolutions, pools, products, normalisations, losses."""

__all__: list[str] = []
