/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Filters by libpcap. Its compiler thinks in DLT_ numbers, which differ between systems where the
 * LINKTYPE_ numbers of files do not.
 */
#include "cli/source_filter.h"

#include "cli/source_message.h"

#include <pcap/pcap.h>
#include <stdlib.h>

/* No frame that comes from a file is longer than its captured octets: nothing is cut by this. */
enum { SNAP_LEN = 262144 };

/* Link types up to this are asked before an expression is refused: all that there are by now. */
enum { LINK_TYPE_LAST = 320 };

struct source_filter_program {
    struct bpf_program code;
    uint32_t link_type;
    bool unfit; /* it does not compile, and there is no code */
};

/* The few link types whose DLT_ number is another one on this system. */
static const struct {
    uint32_t link_type;
    int dlt;
} differing[] = {
    {101, DLT_RAW        },
    {14,  DLT_RAW        }, /* raw IP, as OpenBSD numbers it */
    {100, DLT_ATM_RFC1483},
    {102, DLT_SLIP_BSDOS },
    {103, DLT_PPP_BSDOS  },
    {106, DLT_ATM_CLIP   },
    {108, DLT_LOOP       },
    {109, DLT_ENC        },
};
enum { DIFFERING = sizeof differing / sizeof differing[0] };

static int dlt_of(uint32_t link_type)
{
    for (size_t i = 0; i < DIFFERING; i++) {
        if (differing[i].link_type == link_type) {
            return differing[i].dlt;
        }
    }
    return (int)link_type;
}

uint32_t source_filter_link_type(int dlt)
{
    for (size_t i = 0; i < DIFFERING; i++) {
        if (differing[i].dlt == dlt) {
            return differing[i].link_type;
        }
    }
    return (uint32_t)dlt;
}

bool source_filter_open(struct source_filter *filter, const char *expression)
{
    *filter = (struct source_filter){0};
    if (expression) {
        filter->expression = source_message_make("%s", expression);
        return filter->expression != NULL;
    }
    return true;
}

void source_filter_close(struct source_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        pcap_freecode(&filter->programs[i].code);
    }
    free(filter->programs);
    free(filter->expression);
    *filter = (struct source_filter){0};
}

char *source_filter_link_name(uint32_t link_type)
{
    const char *name = pcap_datalink_val_to_name(dlt_of(link_type));
    return name ? source_message_make("%u (%s)", link_type, name)
                : source_message_make("%u", link_type);
}

/*
 * Compiles into *code, which is then to be freed. False where that cannot be, with *reason why, if
 * the caller wants to know; *no_memory tells whether it was for that.
 */
static bool filter_compile(const struct source_filter *filter, uint32_t link_type,
                           struct bpf_program *code, char **reason, bool *no_memory)
{
    pcap_t *dead = pcap_open_dead(dlt_of(link_type), SNAP_LEN);
    *no_memory = dead == NULL;
    if (!dead) {
        return false;
    }
    bool compiled = pcap_compile(dead, code, filter->expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!compiled && reason) {
        *reason = source_message_make("the filter \"%s\" cannot be used: %s; see pcap-filter(7)",
                                      filter->expression, pcap_geterr(dead));
    }
    pcap_close(dead);
    return compiled;
}

bool source_filter_check(const struct source_filter *filter, char **reason)
{
    struct bpf_program code = {0};
    bool no_memory = false;
    bool compiled = false;
    *reason = NULL;
    for (uint32_t type = 0; !compiled && !no_memory && type <= LINK_TYPE_LAST; type++) {
        compiled = filter_compile(filter, type, &code, NULL, &no_memory);
    }
    if (!compiled && !no_memory) {
        compiled = filter_compile(filter, LINK_TYPE_ETHERNET, &code, reason, &no_memory);
    }
    pcap_freecode(&code);
    return compiled;
}

/* The index of a link type's program, or filter->count. */
static size_t filter_find(const struct source_filter *filter, uint32_t link_type)
{
    if (filter->recent < filter->count && filter->programs[filter->recent].link_type == link_type) {
        return filter->recent;
    }
    size_t i = 0;
    while (i < filter->count && filter->programs[i].link_type != link_type) {
        i++;
    }
    return i;
}

/* Makes the program for a link type the recent one. False without memory. */
static bool filter_prepare(struct source_filter *filter, uint32_t link_type)
{
    filter->recent = filter_find(filter, link_type);
    if (filter->recent < filter->count) {
        return true;
    }
    struct source_filter_program *programs =
        realloc(filter->programs, (filter->count + 1) * sizeof *programs);
    if (!programs) {
        return false;
    }
    filter->programs = programs;
    struct source_filter_program *program = &programs[filter->count];
    *program = (struct source_filter_program){.link_type = link_type};
    bool no_memory;
    program->unfit = !filter_compile(filter, link_type, &program->code, NULL, &no_memory);
    filter->count += !no_memory;
    return !no_memory;
}

enum source_filter_verdict source_filter_match(struct source_filter *filter,
                                               const struct frame *frame)
{
    if (!filter->expression) {
        return SOURCE_FILTER_PASSES;
    }
    if (!filter_prepare(filter, frame->link_type)) {
        return SOURCE_FILTER_NO_MEMORY;
    }
    const struct source_filter_program *program = &filter->programs[filter->recent];
    if (program->unfit) {
        return SOURCE_FILTER_UNFIT;
    }
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->captured,
                                 .len = (bpf_u_int32)frame->wire_len};
    return pcap_offline_filter(&program->code, &header, frame->octets) != 0
               ? SOURCE_FILTER_PASSES
               : SOURCE_FILTER_TURNED_AWAY;
}
