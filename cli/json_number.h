/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers as JSON values, in the forms of the contract: counts are numbers, 64-bit identifiers are
 * strings (a JSON number is exact up to 2^53 only), keys and tokens are hexadecimal of full width.
 */
#ifndef CLI_JSON_NUMBER_H
#define CLI_JSON_NUMBER_H

#include <json-c/json_object.h>
#include <stdint.h>

#include "cli/units.h"

enum json_form {
    JSON_COUNT,      /* as it is; those that json-c makes have this form */
    JSON_SECONDS,    /* signed nanoseconds, as seconds with nine decimals */
    JSON_TIME,       /* signed nanoseconds since 1970, RFC 3339 */
    JSON_KEY,        /* 16 hexadecimal digits */
    JSON_TOKEN,      /* 8 of them */
    JSON_IDENTIFIER, /* decimal, but a string */
    JSON_FORM_COUNT
};

/* What one takes at most, with its quotes. */
#define JSON_NUMBER_MAX UNITS_RATIO_MAX

/* A whole number, signed ones as their 64 bits; NULL if memory is short. */
struct json_object *json_number(uint64_t number, enum json_form form);

/* Writes such a number, or one of json-c's, a double with four decimals, where there are
 * JSON_NUMBER_MAX octets; returns the end. The text may be followed by a NUL. */
char *json_number_write(char *at, struct json_object *value);

#endif
