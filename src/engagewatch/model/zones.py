"""Time zones by the names that other systems use.

Desks written in Ruby on Rails name zones as ActiveSupport does (``Eastern Time (US & Canada)``,
https://api.rubyonrails.org/classes/ActiveSupport/TimeZone.html), Windows by its own names
(``W. Europe Standard Time``); what those mean in IANA terms is published by Unicode CLDR
(https://github.com/unicode-org/cldr/blob/main/common/supplemental/windowsZones.xml). Most Rails
names are those of a zone's city and need no table.
"""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_RAILS = """
    Abu Dhabi=Asia/Muscat
    Alaska=America/Juneau
    American Samoa=Pacific/Pago_Pago
    Arizona=America/Phoenix
    Astana=Asia/Almaty
    Atlantic Time (Canada)=America/Halifax
    Beijing=Asia/Shanghai
    Bern=Europe/Zurich
    Brasilia=America/Sao_Paulo
    Canberra=Australia/Melbourne
    Cape Verde Is.=Atlantic/Cape_Verde
    Central America=America/Guatemala
    Central Time (US & Canada)=America/Chicago
    Chatham Is.=Pacific/Chatham
    Chennai=Asia/Kolkata
    Eastern Time (US & Canada)=America/New_York
    Edinburgh=Europe/London
    Ekaterinburg=Asia/Yekaterinburg
    Georgetown=America/Guyana
    Greenland=America/Nuuk
    Guadalajara=America/Mexico_City
    Hanoi=Asia/Bangkok
    Hawaii=Pacific/Honolulu
    Indiana (East)=America/Indiana/Indianapolis
    International Date Line West=Pacific/Midway
    Islamabad=Asia/Karachi
    Kyiv=Europe/Kiev
    Marshall Is.=Pacific/Majuro
    Mid-Atlantic=Atlantic/South_Georgia
    Midway Island=Pacific/Midway
    Mountain Time (US & Canada)=America/Denver
    Mumbai=Asia/Kolkata
    New Caledonia=Pacific/Noumea
    New Delhi=Asia/Kolkata
    Newfoundland=America/St_Johns
    Nuku'alofa=Pacific/Tongatapu
    Osaka=Asia/Tokyo
    Pacific Time (US & Canada)=America/Los_Angeles
    Pretoria=Africa/Johannesburg
    Quito=America/Lima
    Samoa=Pacific/Apia
    Sapporo=Asia/Tokyo
    Saskatchewan=America/Regina
    Solomon Is.=Pacific/Guadalcanal
    Sri Jayawardenepura=Asia/Colombo
    St. Petersburg=Europe/Moscow
    Tokelau Is.=Pacific/Fakaofo
    Wellington=Pacific/Auckland
    West Central Africa=Africa/Algiers
"""

_WINDOWS = """
    AUS Central=Australia/Darwin
    AUS Eastern=Australia/Sydney
    Afghanistan=Asia/Kabul
    Alaskan=America/Anchorage
    Aleutian=America/Adak
    Altai=Asia/Barnaul
    Arab=Asia/Riyadh
    Arabian=Asia/Dubai
    Arabic=Asia/Baghdad
    Argentina=America/Argentina/Buenos_Aires
    Astrakhan=Europe/Astrakhan
    Atlantic=America/Halifax
    Aus Central W.=Australia/Eucla
    Azerbaijan=Asia/Baku
    Azores=Atlantic/Azores
    Bahia=America/Bahia
    Bangladesh=Asia/Dhaka
    Belarus=Europe/Minsk
    Bougainville=Pacific/Bougainville
    Canada Central=America/Regina
    Cape Verde=Atlantic/Cape_Verde
    Caucasus=Asia/Yerevan
    Cen. Australia=Australia/Adelaide
    Central=America/Chicago
    Central America=America/Guatemala
    Central Asia=Asia/Bishkek
    Central Brazilian=America/Cuiaba
    Central Europe=Europe/Budapest
    Central European=Europe/Warsaw
    Central Pacific=Pacific/Guadalcanal
    Chatham Islands=Pacific/Chatham
    China=Asia/Shanghai
    Cuba=America/Havana
    Dateline=Etc/GMT+12
    E. Africa=Africa/Nairobi
    E. Australia=Australia/Brisbane
    E. Europe=Europe/Chisinau
    E. South America=America/Sao_Paulo
    Easter Island=Pacific/Easter
    Eastern=America/New_York
    Egypt=Africa/Cairo
    Ekaterinburg=Asia/Yekaterinburg
    FLE=Europe/Kiev
    Fiji=Pacific/Fiji
    GMT=Europe/London
    GTB=Europe/Bucharest
    Georgian=Asia/Tbilisi
    Greenland=America/Nuuk
    Greenwich=Atlantic/Reykjavik
    Haiti=America/Port-au-Prince
    Hawaiian=Pacific/Honolulu
    India=Asia/Kolkata
    Iran=Asia/Tehran
    Israel=Asia/Jerusalem
    Jordan=Asia/Amman
    Kaliningrad=Europe/Kaliningrad
    Korea=Asia/Seoul
    Libya=Africa/Tripoli
    Line Islands=Pacific/Kiritimati
    Lord Howe=Australia/Lord_Howe
    Magadan=Asia/Magadan
    Magallanes=America/Punta_Arenas
    Marquesas=Pacific/Marquesas
    Mauritius=Indian/Mauritius
    Middle East=Asia/Beirut
    Montevideo=America/Montevideo
    Morocco=Africa/Casablanca
    Mountain=America/Denver
    Myanmar=Asia/Yangon
    N. Central Asia=Asia/Novosibirsk
    Namibia=Africa/Windhoek
    Nepal=Asia/Kathmandu
    New Zealand=Pacific/Auckland
    Newfoundland=America/St_Johns
    Norfolk=Pacific/Norfolk
    North Asia=Asia/Krasnoyarsk
    North Asia East=Asia/Irkutsk
    North Korea=Asia/Pyongyang
    Omsk=Asia/Omsk
    Pacific=America/Los_Angeles
    Pacific SA=America/Santiago
    Pakistan=Asia/Karachi
    Paraguay=America/Asuncion
    Qyzylorda=Asia/Qyzylorda
    Romance=Europe/Paris
    Russia Time Zone 10=Asia/Srednekolymsk
    Russia Time Zone 11=Asia/Kamchatka
    Russia Time Zone 3=Europe/Samara
    Russian=Europe/Moscow
    SA Eastern=America/Cayenne
    SA Pacific=America/Bogota
    SA Western=America/La_Paz
    SE Asia=Asia/Bangkok
    Saint Pierre=America/Miquelon
    Sakhalin=Asia/Sakhalin
    Samoa=Pacific/Apia
    Sao Tome=Africa/Sao_Tome
    Saratov=Europe/Saratov
    Singapore=Asia/Singapore
    South Africa=Africa/Johannesburg
    South Sudan=Africa/Juba
    Sri Lanka=Asia/Colombo
    Sudan=Africa/Khartoum
    Syria=Asia/Damascus
    Taipei=Asia/Taipei
    Tasmania=Australia/Hobart
    Tocantins=America/Araguaina
    Tokyo=Asia/Tokyo
    Tomsk=Asia/Tomsk
    Tonga=Pacific/Tongatapu
    Transbaikal=Asia/Chita
    Turkey=Europe/Istanbul
    Turks And Caicos=America/Grand_Turk
    US Eastern=America/Indiana/Indianapolis
    US Mountain=America/Phoenix
    Ulaanbaatar=Asia/Ulaanbaatar
    Venezuela=America/Caracas
    Vladivostok=Asia/Vladivostok
    Volgograd=Europe/Volgograd
    W. Australia=Australia/Perth
    W. Central Africa=Africa/Lagos
    W. Europe=Europe/Berlin
    W. Mongolia=Asia/Hovd
    West Asia=Asia/Tashkent
    West Bank=Asia/Hebron
    West Pacific=Pacific/Port_Moresby
    Yakutsk=Asia/Yakutsk
    Yukon=America/Whitehorse
"""
"""Windows names without their ending "Standard Time"."""

_WINDOWS_WHOLE = """
    Central Standard Time (Mexico)=America/Mexico_City
    Eastern Standard Time (Mexico)=America/Cancun
    Mountain Standard Time (Mexico)=America/Mazatlan
    Pacific Standard Time (Mexico)=America/Tijuana
    UTC+12=Etc/GMT-12
    UTC+13=Etc/GMT-13
    UTC-02=Etc/GMT+2
    UTC-08=Etc/GMT+8
    UTC-09=Etc/GMT+9
    UTC-11=Etc/GMT+11
"""


@lru_cache(maxsize=256)
def iana_name(name: str) -> str:
    """Return the IANA name of a time zone given by its IANA, Rails or Windows name.

    Rails and Windows names are read without regard to case.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: nobody calls a time zone so.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # ZoneInfo raises any of the three, depending on what the name looks like as a path.
        pass
    else:
        return name
    wanted = " ".join(name.split()).casefold()
    found = _tables().get(wanted) or _cities().get(wanted.replace(" ", "_"))
    if found is None:
        raise ZoneInfoNotFoundError(f"no time zone is called {name!r}")
    return found


@lru_cache(maxsize=1)
def _tables() -> dict[str, str]:
    table = {f"{name} Standard Time": zone for name, zone in _rows(_WINDOWS)}
    table.update(_rows(_WINDOWS_WHOLE))
    table.update(_rows(_RAILS))
    return {name.casefold(): zone for name, zone in table.items()}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """Return zones by the name of their city alone, e.g. ``kuala_lumpur``."""
    return {
        zone.rpartition("/")[2].casefold(): zone
        for zone in sorted(available_timezones())
        if zone.count("/") and not zone.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    }


def _rows(table: str) -> list[tuple[str, str]]:
    rows = []
    for line in table.strip().splitlines():
        name, _, zone = line.strip().partition("=")
        rows.append((name, zone))
    return rows
