/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel says of its own sockets: a line for each host that is this machine, and one for
 * each of its subflows.
 */
#include <inttypes.h>

#include "cli/report_text.h"
#include "cli/units.h"

void words_kernel_host(const struct kernel_host *host, struct text_line *line)
{
    const struct kernel_socket *socket = &host->socket;
    text_line_add(line, "%s 0x%08" PRIx32, words_side(host->side), host->token);
    if (!host->known) {
        text_line_item(line, "gone before it was asked");
        return;
    }
    text_line_item(line, "%s%s", host->closed ? "gone, last " : "",
                   kernel_state_name(socket->state));
    text_line_item(line, "%u further subflow%s of %u allowed", socket->subflows,
                   socket->subflows == 1 ? "" : "s", socket->subflows_max);
    if (socket->fallback) {
        text_line_item(line, "fell back to TCP");
    }
}

void words_kernel_flags(uint32_t flags, struct text_line *line)
{
    size_t count;
    const struct kernel_flag *known = kernel_subflow_flags(&count);
    for (size_t i = 0; i < count; i++) {
        if (flags & known[i].flag) {
            text_line_add(line, "%c", known[i].letter);
        }
    }
}

/* How many events of one kind come one after the other, from one on. */
static size_t events_alike(const struct kernel_host *host, size_t at)
{
    size_t end = at + 1;
    while (end < host->event_count && host->events[end].event.type == host->events[at].event.type) {
        end++;
    }
    return end - at;
}

void words_kernel_events(const struct kernel_host *host, struct text_line *line)
{
    for (size_t i = 0, alike; i < host->event_count; i += alike) {
        const char *name = kernel_event_type_name(host->events[i].event.type);
        alike = events_alike(host, i);
        text_line_add(line, "%s", i == 0 ? "told of: " : ", ");
        if (alike > 1) {
            text_line_add(line, "%zu ", alike);
        }
        text_line_add(line, "%s", name);
    }
}

static void host_write(const struct text *text, const struct kernel_host *host)
{
    struct text_line line;
    text_line_start(&line);
    words_kernel_host(host, &line);
    text_labelled(text, PAINT_FAINT, "kernel", &line);
    text_line_start(&line);
    words_kernel_events(host, &line);
    text_labelled(text, PAINT_FAINT, "", &line);
}

static void subflow_write(const struct text *text, const struct kernel_host *host,
                          const struct kernel_subflow *subflow)
{
    struct text_line line;
    uint32_t id;
    text_line_start(&line);
    if (kernel_subflow_id(text->report->tracker, host, subflow, &id)) {
        text_line_add(&line, "subflow %" PRIu32 ": ", id);
    } else {
        text_line_add(&line, "another subflow: ");
    }
    text_line_add(&line, "%s", kernel_state_name(subflow->state));
    if (subflow->congestion[0] != '\0') {
        text_line_item(&line, "%s", subflow->congestion);
    }
    if (subflow->info_known) {
        char rtt[UNITS_TEXT_MAX];
        units_duration((int64_t)subflow->srtt_us * 1000, rtt);
        text_line_item(&line, "window %" PRIu32 " segments, smoothed RTT %s", subflow->cwnd, rtt);
        if (subflow->retransmitted > 0) {
            text_line_item(&line, "%" PRIu32 " retransmitted", subflow->retransmitted);
        }
    }
    if (subflow->role.known && subflow->role.flags != 0) {
        text_line_item(&line, "flags ");
        words_kernel_flags(subflow->role.flags, &line);
    }
    text_labelled(text, PAINT_FAINT, "", &line);
}

void text_kernel_write(const struct text *text, const struct mpta_connection *connection)
{
    bool first = true;
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        const struct kernel_host *host =
            kernel_view_find(text->report->kernel, connection->id, side);
        if (host == NULL) {
            continue;
        }
        fputs(first ? "\n" : "", text->stream);
        first = false;
        host_write(text, host);
        for (size_t i = 0; i < host->subflow_count; i++) {
            subflow_write(text, host, &host->subflows[i]);
        }
    }
}
