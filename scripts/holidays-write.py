"""The national public holidays of some countries as iCalendar files; run by scripts/holidays, which pins the packages."""

import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import holidays
from icalendar import Calendar, Event

YEARS = range(2026, 2029)
# Fixed, so that writing the files again changes nothing.
STAMP = datetime(2026, 1, 1, tzinfo=timezone.utc)

# File name: country as people call it, its code, the language of the names, a part of the country, what is left out.
COUNTRIES = {
    "us": ("United States", "US", "en_US", None, "Federal holidays only, none of a state."),
    "ca": ("Canada", "CA", "en_CA", None, "Holidays of the whole country only, none of a province."),
    "gb": ("England and Wales", "GB", "en_GB", "ENG", "Without Scotland and Northern Ireland, which differ."),
    "de": ("Germany", "DE", "en_US", None, "Holidays of all states only; Epiphany or Corpus Christi are some states'."),
    "fr": ("France", "FR", "en_US", None, "Without those of Alsace-Moselle and overseas."),
    "in": ("India", "IN", "en_IN", None, "Without the states' own; dates that hang on the moon are estimates."),
    "jp": ("Japan", "JP", "en_US", None, "The whole country has the same."),
    "br": ("Brazil", "BR", "en_US", None, "Without states and towns, and without carnival, which is no holiday by law."),
    "au": ("Australia", "AU", "en_AU", None, "Holidays of all states only; the King's Birthday and substitute days differ."),
    "mx": ("Mexico", "MX", "en_US", None, "The days of rest of the federal labour law."),
}


def calendar(name):
    country, code, language, part, left_out = COUNTRIES[name]
    days = holidays.country_holidays(code, subdiv=part, years=YEARS, language=language)
    source = f"the Python package holidays {version('holidays')} (vacanza, MIT licence)"
    file = Calendar()
    file.add("PRODID", f"-//Onbeat//Public holidays//{code}//EN")
    file.add("VERSION", "2.0")
    file.add("CALSCALE", "GREGORIAN")
    file.add("X-WR-CALNAME", f"Public holidays: {country}")
    file.add("COMMENT", f"{country}, {YEARS[0]} to {YEARS[-1]}. {left_out}")
    file.add("COMMENT", f"Made by scripts/holidays from {source}, https://github.com/vacanza/holidays")
    for day in sorted(days):
        event = Event()
        event.add("UID", f"{day:%Y%m%d}@{name}.holidays.onbeat")
        event.add("DTSTAMP", STAMP)
        event.add("DTSTART", day)
        event.add("SUMMARY", " / ".join(days.get_list(day)))
        event.add("TRANSP", "TRANSPARENT")
        file.add_component(event)
    return file.to_ical()


def main(folder):
    for name in COUNTRIES:
        (folder / f"{name}.ics").write_bytes(calendar(name))
    # The name under which process files of earlier versions know it.
    (folder / "us-2027.ics").write_bytes(calendar("us"))


main(Path(sys.argv[1]))
