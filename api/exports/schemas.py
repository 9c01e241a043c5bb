"""Marts as they are listed."""

from pydantic import BaseModel, Field


class ColumnOut(BaseModel):
    name: str
    type: str = Field(description="As PostgreSQL writes it.")


class MartOut(BaseModel):
    name: str
    columns: list[ColumnOut]
    path: str = Field(description="Where its rows are as Parquet.")


class Marts(BaseModel):
    items: list[MartOut]
    dictionary: str | None = Field(description="Where it says what they mean; null until that page is made.")
