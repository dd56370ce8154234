/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is counted of a capture while its frames are handed out.
 */
#ifndef CLI_SOURCE_CAPTURE_H
#define CLI_SOURCE_CAPTURE_H

#include "cli/source.h"

/* Counts a frame that is handed out, and makes the time of the capture reach to it. */
void source_capture_take(struct capture *capture, const struct frame *frame);

#endif
