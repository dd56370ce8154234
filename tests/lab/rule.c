/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deciding whether a rule fits, and acting. The flow's history is handed in as facts.
 */
#include "tests/lab/rule.h"

static bool rule_fits(const struct rule *rule, const struct rule_facts *facts,
                      const struct packet_view *view)
{
    return (rule->paths >> facts->path & 1U) != 0 &&
           (rule->directions >> facts->direction & 1U) != 0 &&
           (rule->stages & facts->stages) != 0 && facts->flow_octets >= rule->after &&
           (rule->has == 0 || (rule->has & packet_subtypes(view)) != 0);
}

/* Counts an occurrence; true if it lies within the window of skip and count. */
static bool rule_take(struct rule *rule)
{
    uint32_t turn = rule->fitted++;

    return turn >= rule->skip && (rule->count == 0 || turn - rule->skip < rule->count);
}

static bool rule_change(const struct rule *rule, struct packet_view *view)
{
    switch (rule->action) {
    case RULE_STRIP:
        return packet_strip(view, rule->strip);
    case RULE_FLIP_PAYLOAD:
        return packet_flip_payload(view);
    case RULE_FLIP_HMAC:
        return packet_flip_hmac(view);
    case RULE_FLIP_TOKEN:
        return packet_flip_token(view);
    case RULE_FLIP_SSN:
        return packet_flip_ssn(view);
    case RULE_DROP:
        break;
    }
    return false;
}

bool rule_apply(struct rule *rule, const struct rule_facts *facts, struct packet_view *view,
                bool *changed)
{
    if (!rule_fits(rule, facts, view) || !rule_take(rule))
        return true;
    if (rule->action == RULE_DROP) {
        rule->acted++;
        return false;
    }
    if (rule_change(rule, view)) {
        rule->acted++;
        *changed = true;
    }
    return true;
}
