/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets, bytes, and the time from the earliest to the latest of them. */
#include "cli/source_capture.h"

/* Makes the time of a capture reach to that of a frame. */
static void capture_extend(struct capture *capture, int64_t time_ns)
{
    if (!capture->time_known || time_ns < capture->start_ns) {
        capture->start_ns = time_ns;
    }
    if (!capture->time_known || time_ns > capture->end_ns) {
        capture->end_ns = time_ns;
    }
    capture->time_known = true;
}

void source_capture_take(struct capture *capture, const struct frame *frame)
{
    if (frame->time_known) {
        capture_extend(capture, frame->time_ns);
    }
    capture->packets++;
    capture->bytes += frame->wire_len;
    capture->shortened += frame->captured < frame->wire_len;
}
