/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line about one packet, for -v.
 */
#ifndef CLI_PACKET_LINE_H
#define CLI_PACKET_LINE_H

#include "cli/report_text.h"

/* A packet with all that is known of it. */
struct packet_line {
    const struct frame *frame;
    const struct capture *capture;
    const struct mpta_segment *segment;
    const struct mpta_fed *fed;
    int64_t first_ns; /* the first packet's time: others are told from there */
};

/*
 * Writes a line if the packet carries an option of kind 30, well-formed or not:
 * "#number seconds interface connection.subflow source > destination flags seq/ack len option;
 * ...".
 */
void packet_line_write(const struct text *text, const struct packet_line *packet);

#endif
