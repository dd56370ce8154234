/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of the text report. Each writes one section, and nothing where it has nothing to say.
 */
#ifndef CLI_REPORT_TEXT_H
#define CLI_REPORT_TEXT_H

#include "analyzer/analyzer.h"
#include "cli/report.h"
#include "cli/text_line.h"
#include "cli/text_table.h"

/* What every part needs. */
struct text {
    const struct report *report;
    const struct text_style *style;
    FILE *stream;
};

/* ---- text_style.c: colours, arrows ---- */

enum text_paint {
    PAINT_NONE,
    PAINT_HEADING,
    PAINT_FAINT,
    PAINT_GOOD,
    PAINT_NOTE,
    PAINT_WARNING,
    PAINT_ERROR,
};

/* The terminal sequence that begins a paint, and the one that ends any; "" without colours. */
const char *text_paint(const struct text *text, enum text_paint paint);
const char *text_unpaint(const struct text *text);
enum text_paint severity_paint(enum mpta_severity severity);

/* The direction of a side's data: an arrow from client (left) to server (right), or back. */
const char *text_arrow(const struct text *text, enum mpta_side sender);

/* Writes "  label     " and the words of a line in their column, if there are any. */
void text_labelled(const struct text *text, enum text_paint paint, const char *label,
                   const struct text_line *line);

/* A table in this report's style; what is not set here is the caller's. */
void text_table_style(const struct text *text, struct table *table);

/* ---- text_words.c: what the tracker's values are called ---- */

const char *words_side(enum mpta_side side);

/* "10.0.0.1:80 -> 10.0.0.2:4242", without a blank but around the arrow. */
void words_path(const struct text *text, const struct mpta_address *client, uint16_t client_port,
                const struct mpta_address *server, uint16_t server_port, struct text_line *line);

/* How a connection ended, and a subflow: "closed by DATA_FIN", "reset by the server: ...". */
void words_connection_end(const struct mpta_connection *connection, struct text_line *line);
void words_subflow(const struct mpta_subflow *subflow, struct text_line *line);

/* "remapped ->1.95 KiB, <-2 KiB": data that it carried twice under different sequence numbers. */
void words_remapped(const struct text *text, const struct mpta_subflow *subflow,
                    struct text_line *line);

/* "packet 17", with the file's name where there are several: "packet 17 of b.pcap". */
void words_place(const struct text *text, const struct mpta_place *place, struct text_line *line);

/* The name of an input, as short as it may be: its last part where no other has the same. */
void words_capture(const struct report *report, size_t index, struct text_line *line);

/* "2 errors", "1 warning": what is worst among findings counted by severity; false for none. */
bool words_worst(const uint64_t counts[MPTA_SEVERITY_COUNT], struct text_line *line,
                 enum mpta_severity *worst);

/* Version, duration, end: the sentence about a connection that most readers want. */
void words_course(const struct mpta_connection *connection, struct text_line *line);

/* "client 0x1122aabb, server 0x01234567", the same of keys. */
void words_tokens(const struct mpta_connection *connection, struct text_line *line);
void words_keys(const struct mpta_connection *connection, struct text_line *line);

/* The data level of one direction, as far as it was seen; empty where nothing was. */
void words_stream(const struct text *text, const struct mpta_connection *connection,
                  enum mpta_side sender, struct text_line *line);

/* What several paths were worth in one direction; empty where there is nothing to say. */
void words_paths(const struct text *text, const struct mpta_connection *connection,
                 enum mpta_side sender, struct text_line *line);

/* "server announces 10.0.1.2:4444, id 3, HMAC valid". */
void words_address(const struct mpta_address_event *event, struct text_line *line);

/* What the kernel says of its socket: "client 0x1122aabb, established, 1 further subflow of 4
 * allowed"; and of a subflow's flags, in the letters of ss -ti: "Mmec". */
void words_kernel_host(const struct kernel_host *host, struct text_line *line);
void words_kernel_flags(uint32_t flags, struct text_line *line);

/* What it told of a socket as it happened: "told of: created, established, 2 subflow_closed". */
void words_kernel_events(const struct kernel_host *host, struct text_line *line);

/* "2 connections, 4 subflows, 1 fell back to TCP". */
void words_subjects(const struct mpta_summary *summary, struct text_line *line);

/* "2 errors, 1 warning, 3 notes", or that there is neither error nor warning. */
void words_findings(const struct mpta_summary *summary, struct text_line *line);

/* ---- Sections ---- */

/* Findings of all connections and of none, one entry a kind, the worst first. False if memory is
 * short. */
bool text_findings_write(const struct text *text);

/* One line a connection. */
void text_overview_write(const struct text *text);

/* One connection in full. */
void text_connection_write(const struct text *text, const struct mpta_connection *connection);

/* The verdicts on all connections, or on those that are not fine. */
void text_verdicts_write(const struct text *text, const struct mpta_summary *summary, bool all);

/* True if a connection has neither errors nor warnings. */
bool text_connection_is_fine(const struct text *text, const struct mpta_connection *connection);

/* How many findings of each severity a connection has. */
void text_connection_findings(const struct text *text, const struct mpta_connection *connection,
                              uint64_t counts[MPTA_SEVERITY_COUNT]);

/* The subflows of a connection, or the first of those without one. */
void text_subflows_write(const struct text *text, const struct mpta_connection *connection);
void text_unlinked_write(const struct text *text, uint64_t count);

/* What several paths were worth. */
void text_paths_write(const struct text *text, const struct mpta_connection *connection);

/* What the kernel of this machine says of a connection. */
void text_kernel_write(const struct text *text, const struct mpta_connection *connection);

void text_addresses_write(const struct text *text, const struct mpta_connection *connection);

/* Damaged inputs, those of which no link type is known, and at the end what was read and verified.
 */
void text_damage_write(const struct text *text);
void text_unsupported_write(const struct text *text);
void text_captures_write(const struct text *text);
void text_verified_write(const struct text *text);

#endif
