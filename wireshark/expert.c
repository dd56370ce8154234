/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The severity of an expert item is settled when it is registered, that of a finding when it is
 * made, where it may be milder than its kind's. So a kind has an item for each severity up to its
 * own: mptcpa.finding.join_hmac_ack, and .warning and .note of it.
 */
#include "wireshark/expert.h"

#include <epan/expert.h>

#include "wireshark/session.h"

struct kind_items {
    expert_field items[MPTA_SEVERITY_COUNT];
};

static struct kind_items *kinds; /* as many as the catalogue has, for the process's life */
static int hf_finding = -1;

static const int severities[] = {
    [MPTA_NOTE] = PI_NOTE,
    [MPTA_WARNING] = PI_WARN,
    [MPTA_ERROR] = PI_ERROR,
};

static const int groups[] = {
    [MPTA_GROUP_OPTIONS] = PI_PROTOCOL,   [MPTA_GROUP_HANDSHAKE] = PI_PROTOCOL,
    [MPTA_GROUP_JOINS] = PI_SECURITY,     [MPTA_GROUP_ADDRESSES] = PI_SECURITY,
    [MPTA_GROUP_DATA] = PI_SEQUENCE,      [MPTA_GROUP_CLOSING] = PI_SEQUENCE,
    [MPTA_GROUP_CAPTURE] = PI_ASSUMPTION,
};
_Static_assert(G_N_ELEMENTS(groups) == MPTA_FINDING_GROUP_COUNT, "a group for each chapter");

/* ---- Registration ---------------------------------------------------------------------------- */

static char *item_name(const struct mpta_finding_kind *kind, enum mpta_severity severity)
{
    char *name = severity == kind->severity ? g_strdup_printf("mptcpa.finding.%s", kind->id)
                                            : g_strdup_printf("mptcpa.finding.%s.%s", kind->id,
                                                              mpta_severity_name(severity));
    return g_strdelimit(name, "-", '_');
}

static void kind_register(expert_module_t *module, const struct mpta_finding_kind *kind,
                          struct kind_items *items)
{
    for (int severity = MPTA_NOTE; severity <= (int)kind->severity; severity++) {
        items->items[severity] = (expert_field)EI_INIT;
        ei_register_info info = {
            .ids = &items->items[severity],
            .eiinfo = {.name = item_name(kind, (enum mpta_severity)severity),
                       .group = groups[kind->group],
                       .severity = severities[severity],
                       .summary = kind->meaning,
                       EXPFILL},
        };
        expert_register_field_array(module, g_memdup2(&info, sizeof(info)), 1);
    }
}

void expert_register(int protocol)
{
    static hf_register_info fields[] = {
        {&hf_finding,
         {"Finding", "mptcpa.finding", FT_STRING, BASE_NONE, NULL, 0,
          "Its id in the catalogue of findings", HFILL}},
    };
    size_t count;
    const struct mpta_finding_kind *catalogue = mpta_finding_kinds(&count);
    expert_module_t *module = expert_register_protocol(protocol);
    kinds = g_new0(struct kind_items, count);
    for (size_t i = 0; i < count; i++)
        kind_register(module, &catalogue[i], &kinds[i]);
    proto_register_field_array(protocol, fields, G_N_ELEMENTS(fields));
}

/* ---- Items of a packet ----------------------------------------------------------------------- */

struct place_to_show {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    uint64_t packet;
};

static bool is_witness(const struct mpta_finding *finding, uint64_t packet)
{
    for (size_t i = 0; i < finding->witness_count; i++) {
        if (finding->witnesses[i].at.packet == packet)
            return true;
    }
    return false;
}

static void show_finding(const struct place_to_show *at, const struct mpta_finding *finding)
{
    size_t count;
    size_t kind = (size_t)(finding->kind - mpta_finding_kinds(&count));
    if (!is_witness(finding, at->packet))
        return;
    proto_item *item =
        proto_tree_add_string(at->tree, hf_finding, at->tvb, 0, 0, finding->kind->id);
    proto_item_set_generated(item);
    expert_add_info_format(at->pinfo, item, &kinds[kind].items[finding->severity], "%s",
                           finding->message);
}

void expert_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                 const struct packet_facts *facts)
{
    const struct place_to_show at = {tvb, pinfo, tree, facts->frame};
    const struct mpta_tracker *tracker = session_tracker();
    const char *below = pinfo->current_proto;
    struct mpta_finding finding;
    pinfo->current_proto = "MPTCPA";
    for (size_t i = 0; facts->fed.has_connection &&
                       mpta_tracker_finding(tracker, facts->fed.connection, i, &finding);
         i++)
        show_finding(&at, &finding);
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, &finding); i++)
        show_finding(&at, &finding);
    pinfo->current_proto = below;
}
