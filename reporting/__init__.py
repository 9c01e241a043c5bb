"""Figures for people: charts, and the weekly report as PDF and CSV."""
