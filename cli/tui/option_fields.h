/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A TCP option as a name and a list of fields, for a person who reads it bit by bit.
 */
#ifndef CLI_TUI_OPTION_FIELDS_H
#define CLI_TUI_OPTION_FIELDS_H

#include "dissector/dissector.h"

#define OPTION_NAME_MAX   128
#define OPTION_FIELDS_MAX 16
#define FIELD_VALUE_MAX   192

struct option_field {
    const char *name; /* static */
    char value[FIELD_VALUE_MAX];
};

/* Its name and length; false if it is malformed, which the text then says. */
bool option_name(const struct mpta_tcp_option *option, char name[OPTION_NAME_MAX]);

/* Its fields; returns how many. Keys are written only with show_keys. */
size_t option_fields(const struct mpta_tcp_option *option, bool show_keys,
                     struct option_field fields[OPTION_FIELDS_MAX]);

/* True if an octet of the option, counted from its kind, is or may be part of a key. */
bool option_octet_is_key(const struct mpta_tcp_option *option, size_t at);

#endif
