/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The emulator's directive language: one directive a line, words separated by blanks. It is
 * written by the orchestrator, before the start to describe the paths, and afterwards to change
 * them under way. One table holds the directives, one the options of a link, one those of a rule.
 */
#include "tests/lab/emulator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Words ---------------------------------------------------------------------------------- */

/* What is left of the line. */
struct words {
    char *rest;
};

static char *words_next(struct words *words)
{
    return strtok_r(words->rest, " \t\r\n", &words->rest);
}

static bool words_next_number(struct words *words, double *number)
{
    char *word = words_next(words);
    char *end;

    if (word == NULL)
        return false;
    errno = 0;
    *number = strtod(word, &end);
    return *end == '\0' && end != word && errno == 0 && *number >= 0 && *number <= 1e12;
}

static bool words_next_name(struct words *words, char *name, size_t size)
{
    const char *word = words_next(words);

    return word != NULL && (size_t)snprintf(name, size, "%s", word) < size;
}

/* A word and the bits that it stands for. */
struct word_bits {
    const char *word;
    unsigned bits;
};

/* Reads a list of words separated by commas: "syn,synack". */
static bool bits_parse(const struct word_bits *table, size_t rows, char *list, unsigned *bits)
{
    *bits = 0;
    for (char *word; (word = strsep(&list, ",")) != NULL;) {
        size_t i = 0;
        while (i < rows && strcmp(table[i].word, word) != 0)
            i++;
        if (i == rows)
            return false;
        *bits |= table[i].bits;
    }
    return true;
}

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static const struct word_bits direction_words[] = {
    {"c2s", 1U << C2S},
    {"s2c", 1U << S2C},
    {"*",   3U       },
};

static const struct word_bits stage_words[] = {
    {"syn",    STAGE_SYN                    },
    {"synack", STAGE_SYN_ACK                },
    {"ack3",   STAGE_THIRD_ACK              },
    {"later",  STAGE_LATER                  },
    {"nosyn",  STAGE_THIRD_ACK | STAGE_LATER},
    {"data",   STAGE_DATA                   },
    {"any",    STAGE_ANY                    },
};

static const struct word_bits subtype_words[] = {
    {"mp_capable",   1U << MPTA_MP_CAPABLE  },
    {"mp_join",      1U << MPTA_MP_JOIN     },
    {"dss",          1U << MPTA_DSS         },
    {"add_addr",     1U << MPTA_ADD_ADDR    },
    {"remove_addr",  1U << MPTA_REMOVE_ADDR },
    {"mp_prio",      1U << MPTA_MP_PRIO     },
    {"mp_fail",      1U << MPTA_MP_FAIL     },
    {"mp_fastclose", 1U << MPTA_MP_FASTCLOSE},
    {"mp_tcprst",    1U << MPTA_MP_TCPRST   },
    {"all",          SUBTYPES_ALL           },
};

static bool words_next_bits(struct words *words, const struct word_bits *table, size_t rows,
                            unsigned *bits)
{
    char *list = words_next(words);

    return list != NULL && bits_parse(table, rows, list, bits);
}

/* ---- Paths and captures --------------------------------------------------------------------- */

static const char *const side_words[SIDES] = {"client", "server"};

/* Reads a path's name, or "*" for all; NULL words and unknown names give the empty set. */
static unsigned words_next_paths(struct words *words, const struct emulator *emulator)
{
    const char *word = words_next(words);
    unsigned paths = 0;

    for (unsigned i = 0; word != NULL && i < emulator->path_count; i++)
        if (strcmp(word, "*") == 0 || strcmp(word, emulator->paths[i].name) == 0)
            paths |= 1U << i;
    return paths;
}

static const char *direct_seed(struct emulator *emulator, struct words *words)
{
    double seed;

    if (!words_next_number(words, &seed))
        return "seed NUMBER";
    for (unsigned i = 0; i < emulator->path_count; i++)
        for (unsigned d = 0; d < SIDES; d++)
            emulator->paths[i].link[d].random = (uint64_t)seed << 8 | i << 1 | d;
    return NULL;
}

static const char *direct_capture(struct emulator *emulator, struct words *words)
{
    const char *side = words_next(words);

    for (unsigned s = 0; side != NULL && s < SIDES; s++)
        if (strcmp(side, side_words[s]) == 0 &&
            words_next_name(words, emulator->capture[s], sizeof emulator->capture[s]))
            return NULL;
    return "capture client|server FILE";
}

static const char *direct_batch(struct emulator *emulator, struct words *words)
{
    double count;

    if (!words_next_number(words, &count))
        return "batch PACKETS";
    emulator->capture_batch = (unsigned)count;
    return NULL;
}

static const char *direct_path(struct emulator *emulator, struct words *words)
{
    static const char usage[] = "path NAME CLIENT_NETNS DEVICE SERVER_NETNS DEVICE [ethernet]";
    struct path *path = &emulator->paths[emulator->path_count];

    if (emulator->started || emulator->path_count == PATHS_MAX)
        return "no further path now";
    *path = (struct path){
        .fd = {-1, -1},
          .trace_link = TRACE_RAW
    };
    if (!words_next_name(words, path->name, sizeof path->name))
        return usage;
    for (unsigned s = 0; s < SIDES; s++)
        if (!words_next_name(words, path->namespace[s], sizeof path->namespace[s]) ||
            !words_next_name(words, path->device[s], sizeof path->device[s]))
            return usage;
    const char *link = words_next(words);
    if (link != NULL && strcmp(link, "ethernet") != 0)
        return usage;
    if (link != NULL)
        path->trace_link = TRACE_ETHERNET;
    emulator->path_count++;
    return NULL;
}

static const char *direct_dark(struct emulator *emulator, struct words *words)
{
    static const struct word_bits states[] = {
        {"on",  1},
        {"off", 0}
    };
    unsigned paths = words_next_paths(words, emulator);
    unsigned dark;

    if (paths == 0 || !words_next_bits(words, states, ROWS(states), &dark))
        return "dark PATH on|off";
    for (unsigned i = 0; i < emulator->path_count; i++)
        for (unsigned d = 0; d < SIDES && (paths >> i & 1U) != 0; d++)
            emulator->paths[i].link[d].dark = dark != 0;
    return NULL;
}

static const char *direct_nat(struct emulator *emulator, struct words *words)
{
    unsigned paths = words_next_paths(words, emulator);
    const char *text = words_next(words);
    struct mpta_address outside = {.family = 4};

    if (paths == 0 || text == NULL)
        return "nat PATH ADDRESS";
    if (inet_pton(AF_INET, text, outside.octets) != 1) {
        outside.family = 6;
        if (inet_pton(AF_INET6, text, outside.octets) != 1)
            return "nat: not an address";
    }
    for (unsigned i = 0; i < emulator->path_count; i++)
        if ((paths >> i & 1U) != 0)
            emulator->paths[i].nat.outside = outside;
    return NULL;
}

/* ---- Links ---------------------------------------------------------------------------------- */

static int64_t ms_to_ns(double ms)
{
    return (int64_t)(ms * 1e6);
}

static bool link_set(struct link *link, const char *option, double value)
{
    if (strcmp(option, "delay_ms") == 0)
        link->delay_ns = ms_to_ns(value);
    else if (strcmp(option, "rate_kbit") == 0)
        link->rate_bits = (uint64_t)(value * 1000);
    else if (strcmp(option, "queue_octets") == 0)
        link->queue_octets = (size_t)value;
    else if (strcmp(option, "loss_percent") == 0)
        link->loss = value / 100;
    else if (strcmp(option, "reorder_percent") == 0)
        link->reorder = value / 100;
    else if (strcmp(option, "reorder_ms") == 0)
        link->reorder_ns = ms_to_ns(value);
    else
        return false;
    return true;
}

static const char *direct_link(struct emulator *emulator, struct words *words)
{
    static const char usage[] = "link PATH DIRECTION (delay_ms|rate_kbit|queue_octets|loss_percent|"
                                "reorder_percent|reorder_ms NUMBER)...";
    unsigned paths = words_next_paths(words, emulator);
    unsigned directions;

    if (paths == 0 || !words_next_bits(words, direction_words, ROWS(direction_words), &directions))
        return usage;
    for (const char *option; (option = words_next(words)) != NULL;) {
        double value;
        if (!words_next_number(words, &value))
            return usage;
        for (unsigned i = 0; i < PATHS_MAX * SIDES; i++)
            if ((paths >> i / SIDES & 1U) != 0 && (directions >> i % SIDES & 1U) != 0 &&
                !link_set(&emulator->paths[i / SIDES].link[i % SIDES], option, value))
                return usage;
    }
    return NULL;
}

/* ---- Rules ---------------------------------------------------------------------------------- */

/* Reads "has SUBTYPES", "after N", "skip N" and "count N"; gives back the first other word. */
static const char *rule_read_conditions(struct rule *rule, struct words *words, bool *wrong)
{
    const char *word;

    while ((word = words_next(words)) != NULL) {
        double number = 0;
        unsigned subtypes;
        if (strcmp(word, "has") == 0) {
            *wrong |= !words_next_bits(words, subtype_words, ROWS(subtype_words), &subtypes);
            rule->has = *wrong ? 0 : (subtype_set)subtypes;
            continue;
        }
        if (strcmp(word, "after") != 0 && strcmp(word, "skip") != 0 && strcmp(word, "count") != 0)
            return word;
        *wrong |= !words_next_number(words, &number);
        if (word[0] == 'a')
            rule->after = (uint64_t)number;
        else
            *(word[0] == 's' ? &rule->skip : &rule->count) = (uint32_t)number;
    }
    return NULL;
}

static bool rule_read_action(struct rule *rule, const char *verb, struct words *words)
{
    static const struct word_bits flips[] = {
        {"payload", RULE_FLIP_PAYLOAD},
        {"hmac",    RULE_FLIP_HMAC   },
        {"token",   RULE_FLIP_TOKEN  },
        {"ssn",     RULE_FLIP_SSN    },
    };
    unsigned bits;

    if (verb == NULL)
        return false;
    if (strcmp(verb, "drop") == 0) {
        rule->action = RULE_DROP;
        return true;
    }
    if (strcmp(verb, "strip") == 0) {
        rule->action = RULE_STRIP;
        if (!words_next_bits(words, subtype_words, ROWS(subtype_words), &bits))
            return false;
        rule->strip = (subtype_set)bits;
        return true;
    }
    if (strcmp(verb, "flip") != 0 || !words_next_bits(words, flips, ROWS(flips), &bits))
        return false;
    rule->action = (enum rule_action)bits;
    return true;
}

static const char *direct_rule(struct emulator *emulator, struct words *words)
{
    static const char usage[] = "rule PATH DIRECTION STAGES [has SUBTYPES] [after OCTETS] [skip N] "
                                "[count N] drop|strip SUBTYPES|flip payload|hmac|token|ssn";
    struct rule rule = {.paths = words_next_paths(words, emulator)};
    bool wrong = rule.paths == 0;

    if (emulator->rule_count == RULES_MAX)
        return "no room for a further rule";
    wrong |= !words_next_bits(words, direction_words, ROWS(direction_words), &rule.directions);
    wrong |= !words_next_bits(words, stage_words, ROWS(stage_words), &rule.stages);
    const char *verb = rule_read_conditions(&rule, words, &wrong);
    if (wrong || !rule_read_action(&rule, verb, words))
        return usage;
    emulator->rules[emulator->rule_count++] = rule;
    return NULL;
}

/* ---- The table ------------------------------------------------------------------------------ */

static const struct {
    const char *word;
    const char *(*carry_out)(struct emulator *emulator, struct words *words);
} directives[] = {
    {"seed",    direct_seed   },
    {"capture", direct_capture},
    {"batch",   direct_batch  },
    {"path",    direct_path   },
    {"link",    direct_link   },
    {"nat",     direct_nat    },
    {"rule",    direct_rule   },
    {"dark",    direct_dark   },
};

const char *emulator_direct(struct emulator *emulator, char *line)
{
    struct words words = {line};
    const char *word = words_next(&words);

    for (size_t i = 0; word != NULL && i < ROWS(directives); i++)
        if (strcmp(word, directives[i].word) == 0) {
            const char *wrong = directives[i].carry_out(emulator, &words);
            return wrong != NULL || words_next(&words) == NULL ? wrong : "words too many";
        }
    return "unknown directive";
}
