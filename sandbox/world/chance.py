"""Chance that is the same every time: numbers drawn from names."""

import hashlib
import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def number(*names: object) -> int:
    """64 bits that belong to these names alone."""
    return int.from_bytes(hashlib.sha256(" ".join(map(str, names)).encode()).digest()[:8], "big")


def draw(*names: object) -> random.Random:
    """A source of numbers that belongs to these names alone."""
    return random.Random(" ".join(str(name) for name in names))


def weighted(source: random.Random, choices: dict[T, float]) -> T:
    return source.choices(list(choices), weights=list(choices.values()))[0]


def lognormal(source: random.Random, sigma: float) -> float:
    """Around 1 in the median."""
    return math.exp(source.gauss(0, sigma))


def some(source: random.Random, choices: Sequence[T], most: int) -> list[T]:
    """Up to `most` different ones."""
    return source.sample(list(choices), min(len(choices), source.randint(0, most)))
