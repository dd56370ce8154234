/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sizes, durations and times as text: humane ones for persons, exact ones for programs.
 */
#ifndef CLI_UNITS_H
#define CLI_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Enough for every text made here, with its final NUL. */
#define UNITS_TEXT_MAX 40
/* The same for units_ratio, whose whole part may have 309 digits. */
#define UNITS_RATIO_MAX 320

/* "0 B", "999 B", "1.50 KiB", "12.3 MiB", "123 GiB": three digits, at most 8 characters. */
void units_bytes(uint64_t bytes, char text[UNITS_TEXT_MAX]);

/* A number with a thousand as step, three digits, at most 5 characters: "0", "999", "1.50k",
 * "12.3M", "123G". */
void units_scaled(uint64_t number, char text[UNITS_TEXT_MAX]);

/* "0 bit/s", "999 bit/s", "1.50 kbit/s": at most 11 characters. */
void units_rate(uint64_t bps, char text[UNITS_TEXT_MAX]);

/* "0.120 ms", "1.23 ms", "12.3 s", "2 min 05 s", "1 h 02 min", "3 d 04 h". Below 0: as 0. */
void units_duration(int64_t duration_ns, char text[UNITS_TEXT_MAX]);

/* Milliseconds without the unit, three digits: "0.05", "1.23", "12.3", "1234". */
void units_milliseconds(int64_t duration_ns, char text[UNITS_TEXT_MAX]);

/* "1 packet", "2 packets", and for an irregular plural any pair of words. */
void units_count(uint64_t count, const char *one, const char *many, char *text, size_t size);

/* Exact seconds with nine decimals: "-1.000000001", "0.300000000". Returns the length. */
size_t units_seconds(int64_t duration_ns, char text[UNITS_TEXT_MAX]);

/* A finite number with four decimals, as printf's "%.4f". Returns the length. */
size_t units_ratio(double value, char text[UNITS_RATIO_MAX]);

/* Seconds in decimal, "2" or "0.25", at most nine digits before and after the point, as nanoseconds
 * in *duration_ns; false for anything else. */
bool units_seconds_parse(const char *text, int64_t *duration_ns);

/* From begin_ns to end_ns, exactly; the longest duration there is where that overflows. */
int64_t units_between(int64_t begin_ns, int64_t end_ns);

/*
 * Times since 1970-01-01 UTC, as RFC 3339 "2024-02-29T12:00:00.123456789Z" and for a person
 * "2024-02-29 12:00:00.123456 UTC". 64 bits of nanoseconds reach from 1677 to 2262, so the year has
 * four digits always. The former returns its length.
 */
size_t units_time_rfc3339(int64_t time_ns, char text[UNITS_TEXT_MAX]);
void units_time_human(int64_t time_ns, char text[UNITS_TEXT_MAX]);

#endif
