/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection in the few numbers and words that a row of a table has room for.
 */
#ifndef CLI_TUI_FACTS_H
#define CLI_TUI_FACTS_H

#include "cli/text_line.h"
#include "cli/tui/model.h"

struct facts {
    struct mpta_connection connection;
    size_t live_subflows; /* established, and not closed */
    uint64_t data_bytes;  /* both directions */
    uint64_t goodput_bps; /* of the direction that carried more */
    double reinjected;    /* reinjected bytes by data bytes */
    bool rtt_known;
    int64_t rtt_ns;    /* mean, from host to host as far as both directions show it */
    int64_t lasted_ns; /* so far */
    uint64_t findings[MPTA_SEVERITY_COUNT];
};

/* False for an unknown id. */
bool facts_read(const struct model *model, uint32_t connection, struct facts *facts);

/* "open", "closed", "aborted", "reset": how it stands. Static text. */
const char *facts_state(const struct facts *facts);

/* "F E2": fell back, and how many findings of the worst severity; style tells that. */
void facts_marks(const struct facts *facts, char text[16], unsigned *style);

/* All words by which a connection is found: addresses, tokens, state, findings. */
void facts_words(const struct model *model, const struct facts *facts, struct text_line *line);

#endif
