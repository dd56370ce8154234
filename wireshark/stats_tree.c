/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -z mptcpa,tree: how packets with data are shared among the subflows of each connection, and what
 * of it was sent again or reinjected; with rates over time, as all trees of statistics have them.
 */
#include "wireshark/stats_tree.h"

#include <epan/stats_tree.h>

#include "wireshark/compat.h"
#include "wireshark/taps.h"

#define ROOT "Connections"

static int root_node = -1;

static void begin(stats_tree *tree)
{
    root_node = stats_tree_create_node(tree, ROOT, 0, STAT_DT_INT, TRUE);
}

/* A node below another one, counted once more; `parent` by its number. */
static int tick(stats_tree *tree, int parent, const char *name)
{
    return tick_stat_node(tree, name, parent, TRUE);
}

static void tick_data(stats_tree *tree, int node, const struct mpta_fed *fed)
{
    int data = tick(tree, node, "with data");
    if (fed->data.retransmitted_bytes > 0 || fed->data.remapped_bytes > 0)
        tick(tree, data, "sent again");
    if (fed->data.reinjected_bytes > 0)
        tick(tree, data, "reinjected");
}

static tap_packet_status listen(stats_tree *tree, packet_info *pinfo, epan_dissect_t *edt,
                                const void *told, tap_flags_t flags)
{
    const struct tapped *tapped = told;
    const struct mpta_fed *fed = &tapped->facts->fed;
    char name[64];
    (void)pinfo;
    (void)edt;
    (void)flags;
    tick_stat_node(tree, ROOT, 0, TRUE);
    g_snprintf(name, sizeof(name), "connection %u", fed->connection);
    int node = tick(tree, root_node, name);
    g_snprintf(name, sizeof(name), "subflow %u.%u", fed->connection, fed->subflow);
    node = tick(tree, node, name);
    node = tick(tree, node, fed->by == MPTA_CLIENT ? "from client" : "from server");
    if (fed->data.placed)
        tick_data(tree, node, fed);
    return TAP_PACKET_REDRAW;
}

void stats_tree_register_all(void)
{
    stats_tree_register_plugin(TAP_PACKETS, "mptcpa", "MPTCP" WS_MENU_SEPARATOR "Subflows", 0,
                               listen, begin, NULL);
}
