"""Tokens and figures in, Altair charts out: the same for pages, downloads and reports.

tokens   colours of both themes and of the networks
numbers  numbers, dates and ages in words
totals   days of networks added up, gaps kept
daily    a figure per day
bars     a figure by network
picture  a chart as SVG
"""
