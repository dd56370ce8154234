/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files are made in memory first: whether one is small enough is known when it is whole. The page
 * says in words what the tests hold the tracker to, and is made from the same table.
 */
#include "tests/forge/samples.h"

#include <inttypes.h>
#include <stdlib.h>

bool sample_make(const struct forge_scenario *scenario, uint64_t seed, char **octets,
                 size_t *length)
{
    struct forge forge = forge_scenario_play(scenario, seed);
    *octets = NULL;
    FILE *file = forge.failed ? NULL : open_memstream(octets, length);
    bool made = file && forge_write(&forge, file);
    made = (!file || fclose(file) == 0) && made;
    forge_free(&forge);
    if (!made) {
        free(*octets);
        *octets = NULL;
    }
    return made;
}

/* ---- The page ------------------------------------------------------------------------------- */

static void count_put(FILE *page, uint64_t count, const char *one)
{
    fprintf(page, "%" PRIu64 " %s%s", count, one, count == 1 ? "" : "s");
}

static void verdicts_put(FILE *page, const char *of, const struct mpta_verdict_counts *counts)
{
    const struct {
        uint64_t count;
        const char *word;
    } rows[] = {
        {counts->valid,        "valid"       },
        {counts->invalid,      "invalid"     },
        {counts->unverifiable, "unverifiable"},
    };
    const char *before = of;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].count > 0) {
            fprintf(page, "%s %" PRIu64 " %s", before, rows[i].count, rows[i].word);
            before = ",";
        }
    }
}

static void connections_put(FILE *page, const struct forge_expectation *expected)
{
    count_put(page, expected->connections, "connection");
    if (expected->late > 0) {
        fprintf(page, " (late)");
    }
    fprintf(page, ", ");
    count_put(page, expected->subflows, "subflow");
    if (expected->unlinked > 0) {
        fprintf(page, ", ");
        count_put(page, expected->unlinked, "unlinked subflow");
    }
}

static const char *close_word(enum mpta_connection_close close)
{
    static const char *const words[] = {
        [MPTA_CONNECTION_OPEN] = "open",
        [MPTA_CONNECTION_DATA_FIN] = "data_fin",
        [MPTA_CONNECTION_FASTCLOSE] = "fastclose",
        [MPTA_CONNECTION_RESET] = "reset",
        [MPTA_CONNECTION_FIN] = "fin",
    };
    return words[close];
}

static void octets_put(FILE *page, const char *what, const uint64_t octets[2])
{
    if (octets[MPTA_CLIENT] > 0 || octets[MPTA_SERVER] > 0) {
        fprintf(page, "; %s %" PRIu64 "/%" PRIu64, what, octets[MPTA_CLIENT], octets[MPTA_SERVER]);
    }
}

/* Both directions, the client's first. */
static void streams_put(FILE *page, const struct forge_expectation *expected)
{
    octets_put(page, "data", expected->data);
    octets_put(page, "missing", expected->missing);
    octets_put(page, "reinjected", expected->reinjected);
    octets_put(page, "remapped", expected->remapped);
    octets_put(page, "retransmitted", expected->retransmitted);
    verdicts_put(page, "; c2s checksums:", &expected->dss_checksum[MPTA_CLIENT]);
    verdicts_put(page, "; s2c checksums:", &expected->dss_checksum[MPTA_SERVER]);
}

static void expectation_put(FILE *page, const struct forge_expectation *expected)
{
    connections_put(page, expected);
    verdicts_put(page, "; join HMACs:", &expected->join_hmac);
    verdicts_put(page, "; ADD_ADDR HMACs:", &expected->add_addr_hmac);
    if (expected->fallback != MPTA_FALLBACK_NONE) {
        fprintf(page, "; fallback `%s`", mpta_fallback_cause_name(expected->fallback));
    }
    if (expected->connections > 0 && !expected->close_unsaid) {
        fprintf(page, "; close `%s`", close_word(expected->close));
    }
    streams_put(page, expected);
    if (expected->malformed > 0) {
        fprintf(page, "; options refused: %u", expected->malformed);
    }
    if (expected->errors) {
        fprintf(page, "; errors `%s`", expected->errors);
    }
    if (expected->others) {
        fprintf(page, "; findings `%s`", expected->others);
    }
}

static void row_put(FILE *page, const struct forge_scenario *scenario)
{
    fprintf(page, "| `forge-%s` | %s | ", scenario->name, scenario->shows);
    expectation_put(page, &scenario->expected);
    fprintf(page, "%s%s |\n", scenario->says ? "; " : "", scenario->says ? scenario->says : "");
}

/* False if the scenario could not be made. */
static bool row_put_if_kept(FILE *page, const struct forge_scenario *scenario)
{
    char *octets;
    size_t length;
    if (!sample_make(scenario, SAMPLE_SEED, &octets, &length)) {
        return false;
    }
    if (length <= SAMPLE_SIZE_MAX) {
        row_put(page, scenario);
    }
    free(octets);
    return true;
}

static bool page_put(FILE *page)
{
    const struct forge_scenario *scenario;
    bool made = true;
    fprintf(page, "# Samples from the forge\n\n"
                  "Connections that no kernel at hand would send, made octet by octet by "
                  "`mpta-forge` (tests/forge/).\n"
                  "This page is made by it, too, from the table that the tests hold the tracker "
                  "to. Names end in `.pcapng`.\n"
                  "Numbers with a slash are octets of the first connection, client's/server's. "
                  "Beside the errors named there must be "
                  "none; findings are asked for as soon as the catalogue has them.\n\n"
                  "| sample | what it shows | what the program must say |\n"
                  "|---|---|---|\n");
    for (size_t i = 0; made && (scenario = forge_scenario_at(i)) != NULL; i++) {
        made = row_put_if_kept(page, scenario);
    }
    return made && !ferror(page);
}

bool sample_page_make(char **text, size_t *length)
{
    *text = NULL;
    FILE *page = open_memstream(text, length);
    bool made = page && page_put(page);
    made = (!page || fclose(page) == 0) && made;
    if (!made) {
        free(*text);
        *text = NULL;
    }
    return made;
}
