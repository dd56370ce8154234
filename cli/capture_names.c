/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of inputs, as short as they can be told apart. */
#include "cli/capture_names.h"

#include <stdlib.h>
#include <string.h>

static const char *name_base(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash == NULL ? name : slash + 1;
}

static bool base_is_unique(const struct report_capture *captures, size_t count, size_t index)
{
    const char *base = name_base(captures[index].capture->name);
    for (size_t i = 0; i < count; i++) {
        if (i != index && strcmp(name_base(captures[i].capture->name), base) == 0) {
            return false;
        }
    }
    return true;
}

const char **capture_names_make(const struct report_capture *captures, size_t count)
{
    const char **names = calloc(count, sizeof *names);
    for (size_t i = 0; names != NULL && i < count; i++) {
        const char *name = captures[i].capture->name;
        if (strcmp(name, "-") == 0) {
            names[i] = "standard input";
        } else {
            names[i] = base_is_unique(captures, count, i) ? name_base(name) : name;
        }
    }
    return names;
}
