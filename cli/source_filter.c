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

struct source_filter_program {
    struct bpf_program code;
    uint32_t link_type;
};

/* The few link types whose DLT_ number is another one on this system. */
static int dlt_of(uint32_t link_type)
{
    static const struct {
        uint32_t link_type;
        int dlt;
    } differing[] = {
        {14,  DLT_RAW        }, /* raw IP, as OpenBSD numbers it */
        {100, DLT_ATM_RFC1483},
        {101, DLT_RAW        },
        {102, DLT_SLIP_BSDOS },
        {103, DLT_PPP_BSDOS  },
        {106, DLT_ATM_CLIP   },
        {108, DLT_LOOP       },
        {109, DLT_ENC        },
    };
    for (size_t i = 0; i < sizeof differing / sizeof differing[0]; i++) {
        if (differing[i].link_type == link_type) {
            return differing[i].dlt;
        }
    }
    return (int)link_type;
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

static enum source_filter_status filter_refuse(const struct source_filter *filter,
                                               uint32_t link_type, const char *why, char **reason)
{
    const char *name = pcap_datalink_val_to_name(dlt_of(link_type));
    *reason =
        source_message_make("the filter \"%s\" cannot be used on frames of link type %u "
                            "(%s): %s; see pcap-filter(7)",
                            filter->expression, link_type, name ? name : "unknown to libpcap", why);
    return *reason ? SOURCE_FILTER_REFUSED : SOURCE_FILTER_NO_MEMORY;
}

/* Compiles into *code, which is then to be freed. */
static enum source_filter_status filter_compile(const struct source_filter *filter,
                                                uint32_t link_type, struct bpf_program *code,
                                                char **reason)
{
    pcap_t *dead = pcap_open_dead(dlt_of(link_type), SNAP_LEN);
    if (!dead) {
        return SOURCE_FILTER_NO_MEMORY;
    }
    enum source_filter_status status = SOURCE_FILTER_OK;
    if (pcap_compile(dead, code, filter->expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        status = filter_refuse(filter, link_type, pcap_geterr(dead), reason);
    }
    pcap_close(dead);
    return status;
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

enum source_filter_status source_filter_prepare(struct source_filter *filter, uint32_t link_type,
                                                char **reason)
{
    filter->recent = filter_find(filter, link_type);
    if (filter->recent < filter->count) {
        return SOURCE_FILTER_OK;
    }
    struct source_filter_program *programs =
        realloc(filter->programs, (filter->count + 1) * sizeof *programs);
    if (!programs) {
        return SOURCE_FILTER_NO_MEMORY;
    }
    filter->programs = programs;
    struct source_filter_program *program = &programs[filter->count];
    program->link_type = link_type;
    enum source_filter_status status = filter_compile(filter, link_type, &program->code, reason);
    if (status == SOURCE_FILTER_OK) {
        filter->count++;
    }
    return status;
}

enum source_filter_status source_filter_match(struct source_filter *filter,
                                              const struct frame *frame, bool *passes,
                                              char **reason)
{
    *passes = true;
    if (!filter->expression) {
        return SOURCE_FILTER_OK;
    }
    enum source_filter_status status = source_filter_prepare(filter, frame->link_type, reason);
    if (status == SOURCE_FILTER_OK) {
        struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->captured,
                                     .len = (bpf_u_int32)frame->wire_len};
        *passes = pcap_offline_filter(&filter->programs[filter->recent].code, &header,
                                      frame->octets) != 0;
    }
    return status;
}
