/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Everything on this page but its opening words comes from the catalogue, so that it cannot say
 * anything else than the program.
 */
#include "cli/findings_page.h"

#include "analyzer/analyzer.h"

static const char opening[] =
    "# Findings\n"
    "\n"
    "What mptcp-analyze can tell of a connection or a capture. This page is made from the "
    "catalogue "
    "in\n"
    "`analyzer/catalogue.h` by `./dev golden`.\n"
    "\n"
    "- **Severity**: an *error* is wrong by the RFC or an attack; a *warning* is what somebody who "
    "has a problem should\n"
    "  look at; a *note* is worth knowing. A finding may be made milder than its row says where "
    "the evidence is thinner.\n"
    "- **Evidence**: *proven* by octets that were captured; *proven by key* needs a key that is "
    "known; a *heuristic* rests on a\n"
    "  threshold, which its message states. What packets missing from the capture could explain is "
    "never an error.\n"
    "- A finding is one row with a count and its first witnesses, however often it is met.\n"
    "- **Kernel counter**: the counter of `nstat` (with `MPTcpExt` before it) that counts the same "
    "thing on Linux.\n";

static const char *evidence_words(enum mpta_evidence evidence)
{
    static const char *const words[] = {
        [MPTA_PROVEN] = "proven",
        [MPTA_PROVEN_BY_KEY] = "proven by key",
        [MPTA_HEURISTIC] = "heuristic",
    };
    return words[evidence];
}

static void kind_write(FILE *stream, const struct mpta_finding_kind *kind)
{
    fprintf(stream, "\n### %s\n\n", kind->id);
    fprintf(stream, "%s, %s", mpta_severity_name(kind->severity), evidence_words(kind->evidence));
    if (kind->rfc != NULL) {
        fprintf(stream, ", %s", kind->rfc);
    }
    if (kind->counter != NULL) {
        fprintf(stream, ", kernel counter %s", kind->counter);
    }
    fprintf(stream, "\n\nWhat: %s.\n\nNext: %s.\n", kind->meaning, kind->advice);
}

void findings_page_write(FILE *stream)
{
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    fputs(opening, stream);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || kinds[i].group != kinds[i - 1].group) {
            fprintf(stream, "\n## %s\n", mpta_finding_group_title(kinds[i].group));
        }
        kind_write(stream, &kinds[i]);
    }
}
