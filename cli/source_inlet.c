/* SPDX-License-Identifier: BSD-3-Clause */
/* From the reader through the filter and, where there are several interfaces, the window. */
#include "cli/source_inlet.h"

#include "cli/source_message.h"

#include <stdlib.h>

/* The filter's refusal as a sentence about this file. */
static enum source_status inlet_refuse(struct source_inlet *inlet, char *reason)
{
    if (reason) {
        inlet->error = source_message_make("%s: after packet %llu: %s", inlet->reader.input.label,
                                           (unsigned long long)inlet->reader.number, reason);
        free(reason);
    }
    return SOURCE_ERROR;
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
        bool passes;
        char *reason = NULL;
        source_window_note(&inlet->window, inlet->head.time_ns);
        if (source_filter_match(inlet->filter, &inlet->head, &passes, &reason) !=
            SOURCE_FILTER_OK) {
            return inlet_refuse(inlet, reason);
        }
        if (passes) {
            return SOURCE_FRAME;
        }
        inlet->reader.capture.filtered++;
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
