/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -z mptcpa,connections and -z mptcpa,subflows, and in Wireshark's menu of statistics: a row for
 * each one of which a packet passes the filter. Cells say what the tracker's views say, of all its
 * packets.
 */
#include "wireshark/tables.h"

#include <glib.h>

#include <epan/stat_tap_ui.h>

#include "wireshark/compat.h"
#include "wireshark/session.h"
#include "wireshark/taps.h"

#define COLUMNS_MAX 16

/* The cells of a row, filled one after the other. */
struct row {
    stat_tap_table_item_type cells[COLUMNS_MAX];
    guint count;
};

static void cell_text(struct row *row, char *text)
{
    row->cells[row->count++] =
        (stat_tap_table_item_type){.type = TABLE_ITEM_STRING, .value.string_value = text};
}

static void cell_number(struct row *row, uint64_t number)
{
    row->cells[row->count++] = (stat_tap_table_item_type){
        .type = TABLE_ITEM_UINT,
        .value.uint_value = number > UINT_MAX ? UINT_MAX : (guint)number,
    };
}

static void cell_real(struct row *row, double number)
{
    row->cells[row->count++] =
        (stat_tap_table_item_type){.type = TABLE_ITEM_FLOAT, .value.float_value = number};
}

/* Octets may be more than a cell's number holds. */
static void cell_octets(struct row *row, uint64_t octets)
{
    cell_text(row, g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)octets));
}

static char *endpoint_text(const struct mpta_address *address, uint16_t port)
{
    char text[MPTA_ENDPOINT_TEXT_MAX];
    mpta_endpoint_format(address, port, text, sizeof(text));
    return g_strdup(text);
}

static double seconds(int64_t ns)
{
    return (double)ns / 1e9;
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static void table_begin(stat_tap_table_ui *ui)
{
    if (stat_tap_find_table(ui, ui->title))
        reset_stat_table(ui);
    else
        stat_tap_add_table(ui, stat_tap_init_table(ui->title, (int)ui->nfields, 0, NULL));
}

static stat_tap_table *table_of(void *data)
{
    return g_array_index(((stat_data_t *)data)->stat_tap_data->tables, stat_tap_table *, 0);
}

static void item_free(stat_tap_table *table, guint row, guint column,
                      stat_tap_table_item_type *item)
{
    (void)table;
    (void)row;
    (void)column;
    if (item->type == TABLE_ITEM_STRING)
        g_free((gpointer)(uintptr_t)item->value.string_value);
    memset(item, 0, sizeof(*item));
}

static void row_free(stat_tap_table *table, guint row)
{
    for (guint i = 0; row < table->num_elements && i < table->num_fields; i++)
        item_free(table, row, i, stat_tap_get_field_data(table, row, i));
}

static void table_reset(stat_tap_table *table)
{
    for (guint i = 0; i < table->num_elements; i++)
        row_free(table, i);
}

/* Once all packets have been fed, a row that is there says all. */
static bool row_is_final(const stat_tap_table *table, guint row)
{
    return session_finished() && row < table->num_elements &&
           stat_tap_get_field_data(table, row, 0)->type != TABLE_ITEM_NONE;
}

static void row_put(stat_tap_table *table, guint index, const struct row *row)
{
    row_free(table, index);
    stat_tap_init_table_row(table, index, row->count, row->cells);
}

/* ---- Connections ----------------------------------------------------------------------------- */

static stat_tap_table_item connection_columns[] = {
    {TABLE_ITEM_UINT,   TAP_ALIGN_RIGHT, "Connection",         "%u"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "Client",             "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "Server",             "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "Version",            "%s"  },
    {TABLE_ITEM_UINT,   TAP_ALIGN_RIGHT, "Subflows",           "%u"  },
    {TABLE_ITEM_FLOAT,  TAP_ALIGN_RIGHT, "Duration",           "%.3f"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Octets from client", "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Octets from server", "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Reinjected",         "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Missing",            "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "Fallback",           "%s"  },
    {TABLE_ITEM_UINT,   TAP_ALIGN_RIGHT, "Errors",             "%u"  },
    {TABLE_ITEM_UINT,   TAP_ALIGN_RIGHT, "Warnings",           "%u"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "Verdict",            "%s"  },
};
_Static_assert(G_N_ELEMENTS(connection_columns) <= COLUMNS_MAX, "room for all cells");

static uint64_t findings_of(const struct mpta_connection *connection, enum mpta_severity severity)
{
    struct mpta_finding finding;
    uint64_t count = 0;
    for (size_t i = 0; mpta_tracker_finding(session_tracker(), connection->id, i, &finding); i++)
        count += finding.severity == severity;
    return count;
}

/* Conclusions are drawn once the file has been read: before that, nothing was found yet. */
static char *verdict_text(uint32_t connection)
{
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    if (!session_finished())
        return g_strdup("not concluded in one pass: needs -2");
    size_t count = mpta_tracker_verdict(session_tracker(), connection, NULL, sentences);
    return g_strdup(count > 0 ? sentences[0].text : "");
}

static void connection_row(const struct mpta_connection *connection, struct row *row)
{
    const struct mpta_stream *streams = connection->streams;
    const struct mpta_host *hosts = connection->hosts;
    cell_number(row, connection->id);
    cell_text(row, endpoint_text(&hosts[MPTA_CLIENT].address, hosts[MPTA_CLIENT].port));
    cell_text(row, endpoint_text(&hosts[MPTA_SERVER].address, hosts[MPTA_SERVER].port));
    cell_text(row,
              connection->version < 0 ? g_strdup("?") : g_strdup_printf("%d", connection->version));
    cell_number(row, connection->subflow_count);
    cell_real(row, seconds(connection->end_ns - connection->start_ns));
    cell_octets(row, streams[MPTA_CLIENT].data_bytes);
    cell_octets(row, streams[MPTA_SERVER].data_bytes);
    cell_octets(row, streams[MPTA_CLIENT].reinjected_bytes + streams[MPTA_SERVER].reinjected_bytes);
    cell_octets(row, streams[MPTA_CLIENT].missing_bytes + streams[MPTA_SERVER].missing_bytes);
    cell_text(row, g_strdup(mpta_fallback_cause_name(connection->fallback)));
    cell_number(row, findings_of(connection, MPTA_ERROR));
    cell_number(row, findings_of(connection, MPTA_WARNING));
    cell_text(row, verdict_text(connection->id));
}

static tap_packet_status listen_connections(void *data, packet_info *pinfo, epan_dissect_t *edt,
                                            const void *told, tap_flags_t flags)
{
    const struct tapped *tapped = told;
    uint32_t id = tapped->facts->fed.connection;
    stat_tap_table *table = table_of(data);
    struct mpta_connection connection;
    struct row row = {.count = 0};
    (void)pinfo;
    (void)edt;
    (void)flags;
    if (row_is_final(table, id) || !mpta_tracker_connection(session_tracker(), id, &connection))
        return TAP_PACKET_DONT_REDRAW;
    connection_row(&connection, &row);
    row_put(table, id, &row);
    return TAP_PACKET_REDRAW;
}

/* ---- Subflows -------------------------------------------------------------------------------- */

static stat_tap_table_item subflow_columns[] = {
    {TABLE_ITEM_UINT,   TAP_ALIGN_RIGHT, "Connection",         "%u"  },
    {TABLE_ITEM_UINT,   TAP_ALIGN_RIGHT, "Subflow",            "%u"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "Client",             "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "Server",             "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "State",              "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "HMAC of SYN/ACK",    "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT,  "HMAC of ACK",        "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Octets from client", "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Octets from server", "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Sent again",         "%s"  },
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Reinjected",         "%s"  },
    {TABLE_ITEM_FLOAT,  TAP_ALIGN_RIGHT, "RTT to server (ms)", "%.2f"},
    {TABLE_ITEM_FLOAT,  TAP_ALIGN_RIGHT, "RTT to client (ms)", "%.2f"},
};
_Static_assert(G_N_ELEMENTS(subflow_columns) <= COLUMNS_MAX, "room for all cells");

/* The median round trip from here to the receiver of a direction and back, in ms. */
static double rtt_ms(const struct mpta_subflow_direction *direction)
{
    return direction->rtt.samples > 0 ? seconds(direction->rtt.median_ns) * 1000 : 0;
}

static void subflow_row(uint32_t connection, const struct mpta_subflow *subflow, struct row *row)
{
    const struct mpta_subflow_end *ends = subflow->ends;
    const struct mpta_subflow_direction *c2s = &subflow->directions[MPTA_CLIENT];
    const struct mpta_subflow_direction *s2c = &subflow->directions[MPTA_SERVER];
    cell_number(row, connection);
    cell_number(row, subflow->id);
    cell_text(row, endpoint_text(&ends[MPTA_CLIENT].address, ends[MPTA_CLIENT].port));
    cell_text(row, endpoint_text(&ends[MPTA_SERVER].address, ends[MPTA_SERVER].port));
    cell_text(row, g_strdup(mpta_subflow_state_name(subflow->state)));
    cell_text(row, g_strdup(mpta_verdict_name(subflow->syn_ack_hmac)));
    cell_text(row, g_strdup(mpta_verdict_name(subflow->ack_hmac)));
    cell_octets(row, c2s->payload_bytes);
    cell_octets(row, s2c->payload_bytes);
    cell_octets(row, c2s->retransmitted_bytes + c2s->remapped_bytes + s2c->retransmitted_bytes +
                         s2c->remapped_bytes);
    cell_octets(row, c2s->reinjected_bytes + s2c->reinjected_bytes);
    cell_real(row, rtt_ms(c2s));
    cell_real(row, rtt_ms(s2c));
}

static tap_packet_status listen_subflows(void *data, packet_info *pinfo, epan_dissect_t *edt,
                                         const void *told, tap_flags_t flags)
{
    const struct tapped *tapped = told;
    const struct mpta_fed *fed = &tapped->facts->fed;
    stat_tap_table *table = table_of(data);
    guint index = streams_ordinal(tapped->pair, fed->subflow);
    struct mpta_subflow subflow;
    struct row row = {.count = 0};
    (void)pinfo;
    (void)edt;
    (void)flags;
    if (row_is_final(table, index) ||
        !mpta_tracker_subflow(session_tracker(), fed->connection, fed->subflow, &subflow))
        return TAP_PACKET_DONT_REDRAW;
    subflow_row(fed->connection, &subflow, &row);
    row_put(table, index, &row);
    return TAP_PACKET_REDRAW;
}

/* ---- Registration ---------------------------------------------------------------------------- */

void tables_register(void)
{
    static tap_param filters[] = {
        {PARAM_FILTER, "filter", "Filter", NULL, TRUE}
    };
    static stat_tap_table_ui connections = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = "MPTCP Connections",
        .tap_name = TAP_PACKETS,
        .cli_string = "mptcpa,connections",
        .stat_tap_init_cb = table_begin,
        .packet_func = listen_connections,
        .stat_tap_reset_table_cb = table_reset,
        .stat_tap_free_table_item_cb = item_free,
        .nfields = G_N_ELEMENTS(connection_columns),
        .fields = connection_columns,
        .nparams = G_N_ELEMENTS(filters),
        .params = filters,
    };
    static stat_tap_table_ui subflows;
    subflows = connections;
    subflows.title = "MPTCP Subflows";
    subflows.cli_string = "mptcpa,subflows";
    subflows.packet_func = listen_subflows;
    subflows.nfields = G_N_ELEMENTS(subflow_columns);
    subflows.fields = subflow_columns;
    register_stat_tap_table_ui(&connections);
    register_stat_tap_table_ui(&subflows);
}
