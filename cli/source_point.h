/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which inputs are of one capture point. A capture that is cut by time into several files is one,
 * and what it shows twice was sent twice. Files that were written at the same time are several, and
 * what they show may be one packet, met twice.
 */
#ifndef CLI_SOURCE_POINT_H
#define CLI_SOURCE_POINT_H

#include "cli/source_inlet.h"

/*
 * The first frame of an input, one of `count`, is about to be handed out: it goes on where one of
 * those ended that are over, each of which one other input can go on from, or else begins a capture
 * point of its own. Sets begun and point.
 */
void source_point_choose(struct source_inlet *inlets, size_t count, struct source_inlet *begins);

#endif
