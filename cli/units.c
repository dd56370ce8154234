/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers as text. Three digits tell a person what a size or a delay is; programs get every
 * nanosecond. Pure functions on numbers: no locale, no time zone, no clock.
 */
#include "cli/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/digits.h"

#define NS_PER_MS 1000000
#define NS_PER_S  1000000000

/* How many decimals leave three digits. */
static int three_digits_decimals(double value)
{
    if (value < 9.995) {
        return 2;
    }
    return value < 99.95 ? 1 : 0;
}

void units_bytes(uint64_t bytes, char text[UNITS_TEXT_MAX])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;

    if (bytes < 1024) {
        snprintf(text, UNITS_TEXT_MAX, "%" PRIu64 " B", bytes);
        return;
    }
    /* 1023.5 and more would round to 1024 of the smaller unit. */
    while (value >= 1023.5 && unit < 6) {
        value /= 1024;
        unit++;
    }
    snprintf(text, UNITS_TEXT_MAX, "%.*f %s", three_digits_decimals(value), value, units[unit]);
}

/* Writes the digits, returns the unit: "" below a thousand. */
static const char *scaled_digits(uint64_t number, char digits[UNITS_TEXT_MAX / 2])
{
    static const char *const units[] = {"", "k", "M", "G", "T", "P", "E"};
    double value = (double)number;
    size_t unit = 0;
    while (value >= 999.5 && unit < 6) {
        value /= 1000;
        unit++;
    }
    snprintf(digits, UNITS_TEXT_MAX / 2, "%.*f", unit == 0 ? 0 : three_digits_decimals(value),
             value);
    return units[unit];
}

void units_scaled(uint64_t number, char text[UNITS_TEXT_MAX])
{
    char digits[UNITS_TEXT_MAX / 2];
    const char *unit = scaled_digits(number, digits);
    snprintf(text, UNITS_TEXT_MAX, "%s%s", digits, unit);
}

void units_rate(uint64_t bps, char text[UNITS_TEXT_MAX])
{
    char digits[UNITS_TEXT_MAX / 2];
    const char *unit = scaled_digits(bps, digits);
    snprintf(text, UNITS_TEXT_MAX, "%s %sbit/s", digits, unit);
}

static void duration_long(int64_t seconds, char text[UNITS_TEXT_MAX])
{
    int64_t minutes = seconds / 60;
    int64_t hours = minutes / 60;

    if (minutes < 60) {
        snprintf(text, UNITS_TEXT_MAX, "%" PRId64 " min %02" PRId64 " s", minutes, seconds % 60);
    } else if (hours < 24) {
        snprintf(text, UNITS_TEXT_MAX, "%" PRId64 " h %02" PRId64 " min", hours, minutes % 60);
    } else {
        snprintf(text, UNITS_TEXT_MAX, "%" PRId64 " d %02" PRId64 " h", hours / 24, hours % 24);
    }
}

void units_duration(int64_t duration_ns, char text[UNITS_TEXT_MAX])
{
    if (duration_ns < 0) {
        duration_ns = 0;
    }
    double ms = (double)duration_ns / NS_PER_MS;
    double seconds = (double)duration_ns / NS_PER_S;
    if (duration_ns < NS_PER_MS) {
        snprintf(text, UNITS_TEXT_MAX, "%.3f ms", ms);
    } else if (ms < 999.5) {
        snprintf(text, UNITS_TEXT_MAX, "%.*f ms", three_digits_decimals(ms), ms);
    } else if (seconds < 59.95) {
        snprintf(text, UNITS_TEXT_MAX, "%.*f s", three_digits_decimals(seconds), seconds);
    } else {
        duration_long(duration_ns / NS_PER_S + (duration_ns % NS_PER_S >= NS_PER_S / 2), text);
    }
}

void units_milliseconds(int64_t duration_ns, char text[UNITS_TEXT_MAX])
{
    double ms = (double)duration_ns / NS_PER_MS;
    snprintf(text, UNITS_TEXT_MAX, "%.*f", three_digits_decimals(ms), ms);
}

void units_count(uint64_t count, const char *one, const char *many, char *text, size_t size)
{
    snprintf(text, size, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

size_t units_seconds(int64_t duration_ns, char text[UNITS_TEXT_MAX])
{
    uint64_t magnitude = duration_ns < 0 ? 0 - (uint64_t)duration_ns : (uint64_t)duration_ns;
    char *at = text;
    if (duration_ns < 0) {
        *at++ = '-';
    }
    at = digits_write(at, magnitude / NS_PER_S);
    *at++ = '.';
    at = digits_write_last(at, magnitude % NS_PER_S, 9);
    *at = '\0';
    return (size_t)(at - text);
}

/*
 * From 0 up to 2^48, in ten-thousandths: the nearest whole number of them, and of two that are as
 * near the even one, as printf has it. Nothing is lost before that: the 53 bits of a double make 63
 * with 625, and the rest of 10000 is a power of two.
 */
static uint64_t ten_thousandths(double value)
{
    int exponent;
    uint64_t product = (uint64_t)(frexp(value, &exponent) * 0x1p53) * 625;
    unsigned shift = (unsigned)(53 - 4 - exponent);
    if (shift >= 64) {
        return 0;
    }
    uint64_t whole = product >> shift;
    uint64_t rest = product & ((UINT64_C(1) << shift) - 1);
    uint64_t half = UINT64_C(1) << (shift - 1);
    return whole + (rest > half || (rest == half && whole % 2 == 1));
}

size_t units_ratio(double value, char text[UNITS_RATIO_MAX])
{
    char *at = text;
    if (signbit(value) || value >= 0x1p48) {
        return (size_t)snprintf(text, UNITS_RATIO_MAX, "%.4f", value);
    }
    uint64_t number = ten_thousandths(value);
    at = digits_write(at, number / 10000);
    *at++ = '.';
    at = digits_write_last(at, number % 10000, 4);
    *at = '\0';
    return (size_t)(at - text);
}

/* Takes digits, at most nine, into *value; returns how many. */
static size_t digits_take(const char *text, int64_t *value)
{
    size_t count = 0;
    while (count < 9 && text[count] >= '0' && text[count] <= '9') {
        *value = 10 * *value + (text[count] - '0');
        count++;
    }
    return count;
}

bool units_seconds_parse(const char *text, int64_t *duration_ns)
{
    int64_t value = 0;
    size_t whole = digits_take(text, &value);
    size_t decimals = 0;
    text += whole;
    if (whole > 0 && *text == '.') {
        decimals = digits_take(++text, &value);
        text += decimals;
        whole = decimals; /* a point asks for digits behind it */
    }
    for (; decimals < 9; decimals++) {
        value *= 10;
    }
    *duration_ns = value;
    return whole > 0 && *text == '\0';
}

int64_t units_between(int64_t begin_ns, int64_t end_ns)
{
    int64_t duration_ns;
    if (__builtin_sub_overflow(end_ns, begin_ns, &duration_ns)) {
        return end_ns < begin_ns ? INT64_MIN : INT64_MAX;
    }
    return duration_ns;
}

/* A time of the Gregorian calendar, UTC. */
struct moment {
    unsigned year;
    unsigned month;
    unsigned day;
    unsigned second; /* of the day */
    unsigned rest_ns;
};

#define DAY_S UINT64_C(86400)
/* The calendar repeats itself after 400 years. Years are counted from 1 March 1600, before all
 * times there are, so that the day of a leap year is its last one. */
#define ERA_YEAR       1600
#define ERA_DAYS       146097U
#define CENTURY_DAYS   36524U
#define FOUR_YEAR_DAYS 1461U
#define YEAR_DAYS      365U
#define ERA_TO_1970    135080U

/* Of `count` equal parts of `days`, the last of which may be longer, the one that *day lies in; it
 * is then counted from the begin of that part. */
static unsigned part_take(unsigned *day, unsigned days, unsigned count)
{
    unsigned part = *day / days < count ? *day / days : count - 1;
    *day -= part * days;
    return part;
}

/* day: from ERA_YEAR-03-01 on */
static void moment_set_date(struct moment *moment, unsigned day)
{
    unsigned year = ERA_YEAR + 400 * (day / ERA_DAYS);
    day %= ERA_DAYS;
    year += 100 * part_take(&day, CENTURY_DAYS, 4);
    year += 4 * part_take(&day, FOUR_YEAR_DAYS, 25);
    year += part_take(&day, YEAR_DAYS, 4);
    /* From March on, months have 31, 30, 31, 30, 31 days, and again: five of them 153. */
    unsigned month = (5 * day + 2) / 153;
    moment->day = day - (153 * month + 2) / 5 + 1;
    moment->month = month < 10 ? month + 3 : month - 9;
    moment->year = year + (month >= 10);
}

/* Before 1970 seconds and nanoseconds count upwards, too. */
static struct moment moment_of(int64_t time_ns)
{
    struct moment moment;
    int64_t rest_ns = time_ns % NS_PER_S;
    int64_t seconds = time_ns / NS_PER_S - (rest_ns < 0);
    uint64_t since_era = (uint64_t)seconds + ERA_TO_1970 * DAY_S;
    moment_set_date(&moment, (unsigned)(since_era / DAY_S));
    moment.second = (unsigned)(since_era % DAY_S);
    moment.rest_ns = (unsigned)(rest_ns < 0 ? rest_ns + NS_PER_S : rest_ns);
    return moment;
}

/* Writes three numbers with what stands between them; returns the end. */
static char *triple_write(char *at, unsigned first_digits, const unsigned numbers[3], char between)
{
    at = digits_write_last(at, numbers[0], first_digits);
    *at++ = between;
    at = digits_write_last(at, numbers[1], 2);
    *at++ = between;
    return digits_write_last(at, numbers[2], 2);
}

/* Date and time to the second, and a point; returns the end. */
static char *moment_write(char *at, const struct moment *moment, char between)
{
    const unsigned date[] = {moment->year, moment->month, moment->day};
    const unsigned time[] = {moment->second / 3600, moment->second / 60 % 60, moment->second % 60};
    at = triple_write(at, 4, date, '-');
    *at++ = between;
    at = triple_write(at, 2, time, ':');
    *at++ = '.';
    return at;
}

size_t units_time_rfc3339(int64_t time_ns, char text[UNITS_TEXT_MAX])
{
    const struct moment moment = moment_of(time_ns);
    char *end = digits_write_last(moment_write(text, &moment, 'T'), moment.rest_ns, 9);
    memcpy(end, "Z", sizeof "Z");
    return (size_t)(end - text) + 1;
}

void units_time_human(int64_t time_ns, char text[UNITS_TEXT_MAX])
{
    const struct moment moment = moment_of(time_ns);
    char *end = digits_write_last(moment_write(text, &moment, ' '), moment.rest_ns / 1000, 6);
    memcpy(end, " UTC", sizeof " UTC");
}
