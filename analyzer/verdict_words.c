/* SPDX-License-Identifier: BSD-3-Clause */
/* The words of verdicts: sentences of bounded length, packets, paths. */
#include "analyzer/verdict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool sentence_begin(struct verdict *verdict, enum mpta_severity severity)
{
    if (verdict->count == MPTA_SENTENCES_MAX)
        return false;
    verdict->sentences[verdict->count] = (struct mpta_sentence){.severity = severity};
    verdict->count++;
    return true;
}

void sentence_add(struct verdict *verdict, const char *format, ...)
{
    char *text = verdict->sentences[verdict->count - 1].text;
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + length, MPTA_SENTENCE_TEXT_MAX - length, format, arguments);
    va_end(arguments);
}

void sentence_tells_of(struct verdict *verdict, enum finding_id id)
{
    struct mpta_finding finding;
    if (verdict_finding(verdict, id, &finding))
        verdict->sentences[verdict->count - 1].kind = finding.kind;
}

static void add_packet(struct verdict *verdict, const struct mpta_place *place)
{
    struct mpta_sentence *sentence = &verdict->sentences[verdict->count - 1];
    if (sentence->place_count < MPTA_SENTENCE_PLACES)
        sentence->places[sentence->place_count++] = *place;
    sentence_add(verdict, "packet %" PRIu64, (uint64_t)place->packet);
    if (verdict->capture_names)
        sentence_add(verdict, " of %s", verdict->capture_names[place->capture]);
}

void sentence_add_place(struct verdict *verdict, const struct mpta_place *place)
{
    if (place->packet == 0)
        return;
    sentence_add(verdict, " (");
    add_packet(verdict, place);
    sentence_add(verdict, ")");
}

void sentence_add_passage(struct verdict *verdict, const struct mpta_place *before,
                          const struct mpta_place *behind)
{
    if (before->packet == 0) {
        sentence_add_place(verdict, behind);
        return;
    }
    sentence_add(verdict, " (");
    add_packet(verdict, before);
    sentence_add(verdict, " before it, ");
    add_packet(verdict, behind);
    sentence_add(verdict, " behind it)");
}

void sentence_add_sided(struct verdict *verdict, const char *words, enum mpta_side side)
{
    size_t before = strcspn(words, "%");
    sentence_add(verdict, "%.*s", (int)before, words);
    if (words[before] != '\0')
        sentence_add(verdict, "%s%s", side_word(side), words + before + 2);
}

void sentence_add_capital(struct verdict *verdict, const char *words)
{
    char first = words[0];
    if (first >= 'a' && first <= 'z')
        first = (char)(first - 'a' + 'A');
    if (first != '\0')
        sentence_add(verdict, "%c%s", first, words + 1);
}

void sentence_add_path(struct verdict *verdict, const struct mpta_subflow *subflow)
{
    enum mpta_side opener = subflow->opened_by;
    char from[MPTA_ADDRESS_TEXT_MAX], to[MPTA_ADDRESS_TEXT_MAX];
    mpta_address_format(&subflow->ends[opener].address, from, sizeof(from));
    mpta_address_format(&subflow->ends[1 - opener].address, to, sizeof(to));
    sentence_add(verdict, "from %s to %s", from, to);
}

bool verdict_finding(const struct verdict *verdict, enum finding_id id,
                     struct mpta_finding *finding)
{
    size_t count;
    struct mpta_finding row;
    bool found = false;
    const struct mpta_finding_kind *kind = &mpta_finding_kinds(&count)[id];
    for (size_t i = 0; mpta_tracker_finding(verdict->tracker, verdict->connection.id, i, &row);
         i++) {
        if (row.kind != kind || (found && row.severity <= finding->severity))
            continue;
        *finding = row;
        found = true;
    }
    return found;
}
