/* SPDX-License-Identifier: BSD-3-Clause */
/* One line an interface, its addresses below; names come from the system and are escaped. */
#include "cli/interface_list.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/escape.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/source_live_list.h"

#define INDENT 18

static void line_write(FILE *stream, const char *text)
{
    char printable[2048];
    if (*text != '\0') {
        escape_format(text, printable, sizeof printable);
        fprintf(stream, "%*s%s\n", INDENT, "", printable);
    }
}

/* "up", "up, no carrier", "down". */
static const char *state_words(const struct live_interface *interface)
{
    if (!interface->up) {
        return "down";
    }
    return interface->running ? "up" : "up, no carrier";
}

static void interface_write(void *context, const struct live_interface *interface)
{
    FILE *stream = context;
    char name[256];
    escape_format(interface->name, name, sizeof name);
    fprintf(stream, "%-*s%s%s%s%s\n", INDENT, name, state_words(interface),
            interface->loopback ? ", loopback" : "", *interface->link != '\0' ? ", " : "",
            interface->link);
    line_write(stream, interface->description);
    line_write(stream, interface->addresses);
}

enum exit_code interface_list(void)
{
    struct output output;
    char *error = NULL;
    signal(SIGPIPE, SIG_IGN); /* a reader that closes the pipe is no failure */
    if (!output_open(&output, NULL)) {
        return EXIT_CODE_OUTPUT;
    }
    bool listed = source_live_list(interface_write, output.stream, &error);
    if (!listed) {
        message_print("%s", error != NULL ? error : "not enough memory");
    }
    free(error);
    if (!output_close(&output, listed)) {
        return EXIT_CODE_OUTPUT;
    }
    return listed ? EXIT_CODE_DONE : EXIT_CODE_UNREADABLE;
}
