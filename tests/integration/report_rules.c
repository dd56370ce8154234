/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables. A fact that was proven may become unknown where packets are missing; it may never
 * become another one. What is counted is counted less often.
 */
#include "tests/integration/report_rules.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct rule {
    const char *path;
    enum bound copied;
    enum bound partly;
};

/* clang-format off */
static const struct rule rules[] = {
    /* Who and when. Ids follow from the order in which things are met. */
    {"connection.id",                       BOUND_SAME,   BOUND_FREE},
    {"connection.version",                  BOUND_SAME,   BOUND_KNOWN},
    {"connection.late",                     BOUND_SAME,   BOUND_TRUE},
    {"connection.host.key",                 BOUND_SAME,   BOUND_KNOWN},
    {"connection.host.token",               BOUND_SAME,   BOUND_KNOWN},
    {"connection.host.idsn",                BOUND_SAME,   BOUND_KNOWN},
    {"connection.key_source",               BOUND_SAME,   BOUND_FREE},
    {"connection.start",                    BOUND_FREE,   BOUND_HIGHER},
    {"connection.end",                      BOUND_FREE,   BOUND_LOWER},
    {"connection.duration",                 BOUND_FREE,   BOUND_LOWER},
    {"subflow.id",                          BOUND_SAME,   BOUND_FREE},
    {"subflow.host.address_id",             BOUND_SAME,   BOUND_KNOWN},
    {"subflow.start",                       BOUND_FREE,   BOUND_HIGHER},
    {"subflow.end",                         BOUND_FREE,   BOUND_LOWER},
    {"subflow.token",                       BOUND_SAME,   BOUND_KNOWN},
    /* As it was signalled last, and that may be missing. */
    {"subflow.host.backup",                 BOUND_SAME,   BOUND_FREE},

    /* What is proven. */
    {"subflow.syn_ack_hmac",                BOUND_SAME,   BOUND_VERDICT},
    {"subflow.ack_hmac",                    BOUND_SAME,   BOUND_VERDICT},
    {"subflow.established",                 BOUND_SAME,   BOUND_FALSE},
    {"address.hmac",                        BOUND_SAME,   BOUND_VERDICT},
    {"connection.way.dss_checksum.valid",   BOUND_SAME,   BOUND_LOWER},
    {"connection.way.dss_checksum.invalid", BOUND_SAME,   BOUND_LOWER},
    {"connection.way.dss_checksum.unverifiable", BOUND_SAME, BOUND_FREE}, /* of all, see the sum */
    {"connection.checksum_required",        BOUND_SAME,   BOUND_FALSE},

    /* How it ended. */
    {"connection.close",                    BOUND_SAME,   BOUND_CLOSE},
    {"connection.fastclose_by",             BOUND_SAME,   BOUND_KNOWN},
    {"connection.fallback.time",            BOUND_FREE,   BOUND_FREE},
    {"connection.fallback",                 BOUND_SAME,   BOUND_NULL}, /* the next evidence */
    {"subflow.state",                       BOUND_SAME,   BOUND_FREE}, /* so far as it was seen */
    {"subflow.close",                       BOUND_SAME,   BOUND_CLOSE},
    {"subflow.reset.time",                  BOUND_FREE,   BOUND_FREE},
    {"subflow.reset",                       BOUND_SAME,   BOUND_NULL}, /* the next RST */

    /* What was carried. Whose a repeated octet is depends on who was seen to carry it first. */
    {"connection.way.data_bytes",           BOUND_SAME,   BOUND_LOWER},
    {"connection.way.missing_bytes",        BOUND_SAME,   BOUND_FREE},
    {"connection.way.below_idsn_bytes",     BOUND_SAME,   BOUND_LOWER},
    {"connection.way.unplaced_bytes",       BOUND_SAME,   BOUND_FREE},
    {"connection.way.unkept_bytes",         BOUND_SAME,   BOUND_FREE},
    {"connection.way.uncompared_bytes",     BOUND_SAME,   BOUND_FREE},
    {"connection.way.blurred_bytes",        BOUND_SAME,   BOUND_FREE},
    {"connection.way.reinjected_bytes",     BOUND_SAME,   BOUND_LOWER},
    {"connection.way.data_fin",             BOUND_SAME,   BOUND_FALSE},
    {"connection.way.data_acked",           BOUND_SAME,   BOUND_LOWER},
    {"connection.way.base_dsn",             BOUND_SAME,   BOUND_FREE}, /* the lowest captured */
    {"connection.way.base_is_idsn",         BOUND_SAME,   BOUND_FREE},
    {"subflow.way.packets",                 BOUND_SAME,   BOUND_LOWER},
    {"subflow.way.data_packets",            BOUND_SAME,   BOUND_LOWER},
    {"subflow.way.payload_bytes",           BOUND_SAME,   BOUND_LOWER},
    {"subflow.way.retransmitted_bytes",     BOUND_SAME,   BOUND_LOWER},
    {"subflow.way.reinjected_bytes",        BOUND_SAME,   BOUND_FREE},
    {"subflow.way.remapped_bytes",          BOUND_SAME,   BOUND_FREE},
    {"subflow.way.fresh_bytes",             BOUND_SAME,   BOUND_FREE},
    {"subflow.way.share",                   BOUND_SAME,   BOUND_FREE},

    /* What was measured: it takes two packets, each of which may be missing or at another place. */
    {"connection.way.goodput_bps",          BOUND_FREE,   BOUND_FREE},
    {"connection.way.multipath_gain",       BOUND_FREE,   BOUND_FREE},
    {"connection.way.reinjection_overhead", BOUND_SAME,   BOUND_FREE},
    {"connection.way.data_ack_latency",     BOUND_FREE,   BOUND_FREE},
    {"connection.way.hand_overs",           BOUND_SAME,   BOUND_FREE},
    {"connection.way.first_hand_over",      BOUND_FREE,   BOUND_FREE},
    {"connection.way.last_hand_over",       BOUND_FREE,   BOUND_FREE},
    {"connection.way.head_of_line",         BOUND_FREE,   BOUND_FREE},
    {"subflow.way.rtt",                     BOUND_FREE,   BOUND_FREE},
    {"subflow.way.rtt_timestamps",          BOUND_FREE,   BOUND_FREE},
    {"subflow.way.goodput_bps",             BOUND_FREE,   BOUND_FREE},
    {"subflow.way.out_of_order_bytes",      BOUND_SAME,   BOUND_FREE},
    {"subflow.way.max_in_flight",           BOUND_FREE,   BOUND_FREE},
    {"subflow.way.longest_idle",            BOUND_FREE,   BOUND_FREE},
    {"subflow.way.retransmitted_packets",   BOUND_SAME,   BOUND_LOWER},
    {"subflow.way.needless_packets",        BOUND_SAME,   BOUND_FREE},
    {"subflow.way.lost_packets",            BOUND_FREE,   BOUND_FREE},
    {"subflow.way.loss_ratio",              BOUND_FREE,   BOUND_FREE},

    /* The same event is looked for, see report_match.c. */
    {"address.time",                        BOUND_FREE,   BOUND_SAME},
    {"finding.time",                        BOUND_FREE,   BOUND_FREE},
    {"finding.witnesses.time",              BOUND_FREE,   BOUND_FREE},

    /* A subflow whose connection is not known any more: so may be who opened it. */
    {"astray.type",                         BOUND_SAME,   BOUND_FREE},
    {"astray.opened_by",                    BOUND_SAME,   BOUND_FREE},

    /* Sentences follow from all that. */
    {"connection.verdict",                  BOUND_SAME,   BOUND_FREE},
};
/* clang-format on */

static const struct rule *rule_find(const char *path)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strcmp(rules[i].path, path) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

/* What is astray has rules of its own, and else those of a subflow. */
static const struct rule *rule_of(const char *path)
{
    static const char astray[] = "astray";
    const struct rule *rule = rule_find(path);
    char other[64];
    if (rule != NULL || strncmp(path, astray, strlen(astray)) != 0) {
        return rule;
    }
    snprintf(other, sizeof other, "subflow%s", path + strlen(astray));
    return rule_find(other);
}

enum bound report_bound(enum retelling retelling, const char *path)
{
    const struct rule *rule = retelling == RETOLD_EXACTLY ? NULL : rule_of(path);
    if (rule == NULL) {
        return BOUND_SAME;
    }
    return retelling == RETOLD_COPIED ? rule->copied : rule->partly;
}

/* What one of them loses another one may gain. */
static const struct report_sum sums[] = {
    {"connection.way",              {"data_bytes", "missing_bytes"}          },
    {"connection.way.dss_checksum", {"valid", "invalid", "unverifiable"}     },
    {"subflow.way",                 {"retransmitted_bytes", "remapped_bytes"}},
    {NULL,                          {NULL}                                   },
};

const struct report_sum *report_sums(void)
{
    return sums;
}

/* ---- Closes --------------------------------------------------------------------------------- */

/* What a connection or a subflow shows of its end, from what says most. */
static int close_strength(const char *close)
{
    static const char *const closes[] = {"open", "reset", "fin", "data_fin", "fastclose"};
    for (size_t i = 0; i < sizeof closes / sizeof closes[0]; i++) {
        if (strcmp(closes[i], close) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* A RST proves a reset only if it came first: without a RST, or with one, that may change. */
bool report_close_says_less(const char *close, const char *than)
{
    bool fin_for_reset = strcmp(close, "fin") == 0 && strcmp(than, "reset") == 0;
    return close_strength(close) <= close_strength(than) || fin_for_reset;
}

/* ---- Findings ------------------------------------------------------------------------------- */

/* Another finding may take the place of the one that was made. */
static const struct {
    const char *id;
    const char *instead; /* NULL: of none */
    enum retelling from; /* where so much is missing */
} may_stand[] = {
  /* The answer is what is missing. */
    {"join-unanswered",       NULL,                 RETOLD_PARTLY  },
 /* It was refused because it was stripped; or nothing but its SYN and a RST are left of it. */
    {"join-refused",          "join-stripped",      RETOLD_PARTLY  },
    {"join-refused",          "subflow-reset",      RETOLD_SPARSELY},
 /* Its connection is missing, too. */
    {"join-token-unknown",    "join-refused",       RETOLD_PARTLY  },
    {"join-token-unknown",    "join-stripped",      RETOLD_PARTLY  },
    {"join-token-unknown",    "subflow-reset",      RETOLD_SPARSELY},
 /* One of two SYN/ACKs is missing: it says so. */
    {"key-echo-mismatch",     "key-changed",        RETOLD_PARTLY  },
 /* One of two announcements is missing: its echo is there. */
    {"addaddr-echo-mismatch", "addaddr-id-rebound", RETOLD_PARTLY  },
};

/* That a connection fell back stays true; what proves it, and names the cause, may be the next. */
static bool is_fallback(const char *id)
{
    return strncmp(id, "fallback-", strlen("fallback-")) == 0 ||
           strcmp(id, "version-mismatch") == 0;
}

bool report_finding_may_stand(enum retelling retelling, const char *id, const char *instead)
{
    for (size_t i = 0; i < sizeof may_stand / sizeof may_stand[0]; i++) {
        if (strcmp(may_stand[i].id, id) == 0 && retelling >= may_stand[i].from &&
            (may_stand[i].instead == NULL ||
             (instead != NULL && strcmp(may_stand[i].instead, instead) == 0))) {
            return true;
        }
    }
    return instead != NULL && is_fallback(id) && is_fallback(instead);
}
