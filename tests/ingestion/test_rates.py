"""Exchange rates from the European Central Bank's own tables."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from clientnest.database import run
from clientnest.errors import Invalid
from ingestion.rates import import_file

HISTORY = "Date,USD,JPY,XYQ,\n2019-11-21,1.1091,120.29,N/A,\n2019-11-20,1.1059,119.93,7.46,\n"


def _file(folder: Path, content: str) -> Path:
    path = folder / "eurofxref-hist.csv"
    path.write_text(content)
    return path


def _kept(database: str, day: date) -> dict[str, Decimal]:
    with psycopg.connect(database) as connection:
        query = "select currency, per_euro from app.exchange_rates where day = %s and source = 'ECB'"
        return dict(connection.execute(query, [day]).fetchall())


def test_a_history_is_taken_once_and_absent_rates_stay_absent(database: str, tmp_path: Path) -> None:
    first = run(import_file(_file(tmp_path, HISTORY)))
    assert (first.rates, first.written, first.currencies) == (5, 5, 3)
    assert (first.first, first.last) == (date(2019, 11, 20), date(2019, 11, 21))
    assert _kept(database, date(2019, 11, 21)) == {"USD": Decimal("1.1091"), "JPY": Decimal("120.29")}
    assert run(import_file(_file(tmp_path, HISTORY))).written == 0
    assert run(import_file(_file(tmp_path, HISTORY.replace("1.1091", "1.1092")))).written == 1


def test_the_table_of_one_day_is_read_too(database: str, tmp_path: Path) -> None:
    found = run(import_file(_file(tmp_path, "Date, USD, JPY, \n21 November 2018, 1.1403, 128.73, \n")))
    assert (found.rates, found.last) == (2, date(2018, 11, 21))


@pytest.mark.parametrize(
    "content",
    [
        "Day,USD,\n2019-11-21,1.1,\n",
        "Date,Dollar,\n2019-11-21,1.1,\n",
        "Date,USD,\n",
        "Date,USD,\n2017-11-21,zero,\n",
        "Date,USD,\n2017-11-21,0,\n",
        "Date,USD,\n2017-11-21,NaN,\n",
        "Date,USD,\n2017-11-21,-1,\n",
        "Date,USD,\nlately,1.1,\n",
        "Date,USD,\n2017-11-21,1.1,\n2017-11-20,1.1\n",
    ],
)
def test_a_table_with_one_wrong_rate_is_not_trusted(database: str, tmp_path: Path, content: str) -> None:
    with pytest.raises(Invalid):
        run(import_file(_file(tmp_path, content)))
    assert _kept(database, date(2017, 11, 21)) == {}
