"""What the desk did over a period, in figures: shares, quantiles and counts, each with the cases it stands on.

Pure: rows and the period are arguments; what reads the rows is router.store.views.reports.
"""
