/* SPDX-License-Identifier: BSD-3-Clause */
/* From the reader through the filter and, where there are several interfaces, the window. */
#include "cli/source_inlet.h"

#include "cli/source_message.h"

#include <stdlib.h>

/* Appends a name, which is freed here, to a list of names. False without memory. */
static bool names_append(char **names, char *name)
{
    char *longer = name && *names ? source_message_make("%s, %s", *names, name) : NULL;
    if (name && !*names) {
        *names = name;
        return true;
    }
    free(name);
    if (longer) {
        free(*names);
        *names = longer;
    }
    return longer != NULL;
}

/* Names the link type of the head among those that cannot be filtered. False without memory. */
static bool unfit_note(struct source_inlet *inlet)
{
    uint32_t link_type = inlet->head.link_type;
    for (size_t i = 0; i < inlet->unfit_count; i++) {
        if (i == SOURCE_UNFIT_MAX || inlet->unfit[i] == link_type) {
            return true;
        }
    }
    char *name = inlet->unfit_count < SOURCE_UNFIT_MAX ? source_filter_link_name(link_type)
                                                       : source_message_make("others");
    inlet->unfit[inlet->unfit_count++] = link_type;
    return names_append(&inlet->reader.capture.unfiltered, name);
}

/* Whether the head passes the filter; counts it where it does not. */
static enum source_filter_verdict inlet_filter(struct source_inlet *inlet)
{
    enum source_filter_verdict verdict = source_filter_match(inlet->filter, &inlet->head);
    if (verdict == SOURCE_FILTER_UNFIT && !unfit_note(inlet)) {
        verdict = SOURCE_FILTER_NO_MEMORY;
    }
    inlet->reader.capture.filtered +=
        verdict == SOURCE_FILTER_TURNED_AWAY || verdict == SOURCE_FILTER_UNFIT;
    return verdict;
}

/* The next frame of the file that passes the filter, into inlet->head. */
static enum source_status inlet_read(struct source_inlet *inlet)
{
    for (;;) {
        switch (source_reader_next(&inlet->reader, &inlet->head)) {
        case SOURCE_READ_FAILED:
            inlet->error = source_message_make("%s", inlet->reader.error);
            return SOURCE_ERROR;
        case SOURCE_READ_END:
            return SOURCE_END;
        case SOURCE_READ_FRAME:
        case SOURCE_READ_ON:
            break;
        }
        source_window_note(&inlet->window, inlet->head.time_ns);
        switch (inlet_filter(inlet)) {
        case SOURCE_FILTER_PASSES:
            return SOURCE_FRAME;
        case SOURCE_FILTER_NO_MEMORY:
            return SOURCE_ERROR;
        case SOURCE_FILTER_TURNED_AWAY:
        case SOURCE_FILTER_UNFIT:
            break;
        }
    }
}

enum source_status source_inlet_next(struct source_inlet *inlet)
{
    for (;;) {
        bool last = inlet->reader.ended;
        if (source_window_pop(&inlet->window, last, &inlet->head)) {
            return SOURCE_FRAME;
        }
        enum source_status status = inlet_read(inlet);
        if (status == SOURCE_END && !source_window_empty(&inlet->window)) {
            continue;
        }
        if (status != SOURCE_FRAME || inlet->reader.capture.interface_count < 2) {
            return status;
        }
        if (!source_window_push(&inlet->window, &inlet->head)) {
            return SOURCE_ERROR;
        }
    }
}

void source_inlet_close(struct source_inlet *inlet)
{
    source_reader_close(&inlet->reader);
    source_window_free(&inlet->window);
    free(inlet->error);
}
