"""usage: dated_table.py TABLE.csv

A table of 3000 rows: hours and days, of which some are missing, a truth value,
and what depends on them.
"""
import datetime
import random
import sys

random.seed(1)
start = datetime.datetime(2021, 1, 1)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write("when,day,open,x,y\n")
    for row in range(3000):
        when = start + datetime.timedelta(hours=row)
        day = start + datetime.timedelta(days=random.randrange(4000))
        is_open, x = random.random() < 0.5, random.gauss(0, 1)
        y = x + when.hour / 8 + day.month / 4 + is_open
        file.write("%s,%s,%s,%r,%r\n" % (
            when.isoformat(), day.date().isoformat() if row % 9 else "",
            str(is_open).lower(), x, y))
