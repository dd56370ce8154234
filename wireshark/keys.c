/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A user table ("UAT"), kept in the file mptcp_keys of the profile: a key a line, as 16 hexadecimal
 * digits with or without 0x, and a comment.
 */
#include "wireshark/keys.h"

#include <epan/uat.h>
#include <stdlib.h>

#include "wireshark/compat.h"

struct key_row {
    char *key;
    char *comment;
};

static struct key_row *rows;
static guint row_count;
static uat_t *table;

UAT_CSTRING_CB_DEF(rows, key, struct key_row)
UAT_CSTRING_CB_DEF(rows, comment, struct key_row)

static bool key_read(const char *text, uint64_t *key)
{
    char *end;
    if (g_ascii_strncasecmp(text, "0x", 2) == 0)
        text += 2;
    *key = g_ascii_strtoull(text, &end, 16);
    return strspn(text, "0123456789abcdefABCDEF") == 16 && *end == '\0';
}

static void *row_copy(void *to, const void *from, size_t size)
{
    const struct key_row *row = from;
    (void)size;
    *(struct key_row *)to = (struct key_row){g_strdup(row->key), g_strdup(row->comment)};
    return to;
}

static void row_free(void *freed)
{
    struct key_row *row = freed;
    g_free(row->key);
    g_free(row->comment);
}

static ws_uat_bool row_check(void *checked, char **error)
{
    const struct key_row *row = checked;
    uint64_t key;
    bool is_key = row->key && key_read(row->key, &key);
    if (!is_key)
        *error = g_strdup("A key has 16 hexadecimal digits");
    return is_key;
}

uint64_t *keys_list(size_t *count)
{
    uint64_t *keys = g_new(uint64_t, row_count);
    *count = 0;
    for (guint i = 0; i < row_count; i++)
        *count += rows[i].key && key_read(rows[i].key, &keys[*count]);
    return keys;
}

void keys_register(module_t *module)
{
    static uat_field_t columns[] = {
        UAT_FLD_CSTRING(rows, key, "Key",
                        "The 64-bit key of either host, as 16 hexadecimal digits"),
        UAT_FLD_CSTRING(rows, comment, "Comment", "Whose key it is"),
        UAT_END_FIELDS,
    };
    table =
        uat_new("MPTCP Keys", sizeof(struct key_row), "mptcp_keys", TRUE, &rows, &row_count,
                UAT_AFFECTS_DISSECTION, NULL, row_copy, row_check, row_free, NULL, NULL, columns);
    prefs_register_uat_preference(module, "keys", "Keys",
                                  "Keys of connections whose handshake was not captured", table);
}
