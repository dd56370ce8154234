/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of all scenarios, made of the groups, and the usual story.
 */
#include "tests/forge/scenario.h"

#include <string.h>

static const struct forge_group *const groups[] = {
    &forge_version0_group, &forge_handshake_group, &forge_fallback_group,  &forge_join_group,
    &forge_address_group,  &forge_attack_group,    &forge_data_group,      &forge_misuse_group,
    &forge_sequence_group, &forge_close_group,     &forge_malformed_group, &forge_capture_group,
    &forge_link_group,
};

const struct forge_scenario *forge_scenario_at(size_t index)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (index < groups[i]->count) {
            return &groups[i]->scenarios[index];
        }
        index -= groups[i]->count;
    }
    return NULL;
}

const struct forge_scenario *forge_scenario_find(const char *name)
{
    const struct forge_scenario *scenario;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL; i++) {
        if (strcmp(scenario->name, name) == 0) {
            return scenario;
        }
    }
    return NULL;
}

struct forge forge_scenario_forge(const struct forge_scenario *scenario, uint64_t seed)
{
    struct forge forge = forge_new(seed);
    for (size_t i = 0; i < FORGE_INTERFACE_COUNT; i++) {
        forge.interfaces[i].wrap = scenario->wrap;
    }
    return forge;
}

struct forge forge_scenario_play(const struct forge_scenario *scenario, uint64_t seed)
{
    struct forge forge = forge_scenario_forge(scenario, seed);
    scenario->play(&forge);
    return forge;
}

/* ---- The usual story ------------------------------------------------------------------------ */

void story_prepare(struct story *story, struct forge *forge, int version)
{
    story->connection = forge_connection(forge, version);
    story->first = forge_first_path(&story->connection);
    story->second = forge_second_path(&story->connection);
    story->joined = false;
}

void story_talk(struct forge_subflow *subflow)
{
    forge_send(subflow, MPTA_CLIENT, TALK_C2S);
    forge_send(subflow, MPTA_SERVER, TALK_S2C);
}

void story_open(struct story *story, struct forge *forge, int version)
{
    story_prepare(story, forge, version);
    forge_connect(&story->first);
    story_talk(&story->first);
}

void story_join(struct story *story)
{
    forge_join(&story->second);
    story_talk(&story->second);
    story->joined = true;
}

void story_end(struct story *story)
{
    if (!story->connection.fell_back) {
        forge_data_close(&story->first);
    }
    forge_close(&story->first);
    if (story->joined) {
        forge_close(&story->second);
    }
}
