/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers as text. Three digits tell a person what a size or a delay is; programs get every
 * nanosecond. Pure functions on numbers: no locale, no time zone, no clock.
 */
#include "cli/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

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

void units_seconds(int64_t duration_ns, char text[UNITS_TEXT_MAX])
{
    uint64_t magnitude = duration_ns < 0 ? 0 - (uint64_t)duration_ns : (uint64_t)duration_ns;
    snprintf(text, UNITS_TEXT_MAX, "%s%" PRIu64 ".%09" PRIu64, duration_ns < 0 ? "-" : "",
             magnitude / NS_PER_S, magnitude % NS_PER_S);
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

/* Splits a time into calendar and nanoseconds; before 1970 the latter still count upwards. */
static int64_t time_split(int64_t time_ns, struct tm *calendar)
{
    time_t seconds = time_ns / NS_PER_S;
    int64_t rest_ns = time_ns % NS_PER_S;

    if (rest_ns < 0) {
        seconds--;
        rest_ns += NS_PER_S;
    }
    memset(calendar, 0, sizeof *calendar);
    gmtime_r(&seconds, calendar);
    return rest_ns;
}

void units_time_rfc3339(int64_t time_ns, char text[UNITS_TEXT_MAX])
{
    struct tm calendar;
    int64_t rest_ns = time_split(time_ns, &calendar);
    size_t length = strftime(text, UNITS_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &calendar);
    snprintf(text + length, UNITS_TEXT_MAX - length, ".%09" PRId64 "Z", rest_ns);
}

void units_time_human(int64_t time_ns, char text[UNITS_TEXT_MAX])
{
    struct tm calendar;
    int64_t rest_ns = time_split(time_ns, &calendar);
    size_t length = strftime(text, UNITS_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &calendar);
    snprintf(text + length, UNITS_TEXT_MAX - length, ".%06" PRId64 " UTC", rest_ns / 1000);
}
