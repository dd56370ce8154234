/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No capture point shows the same packet at two times, and two that are never there at once show no
 * packet both, but for those on their way between them in that moment. So whatever ended before is
 * gone on from. Where several have ended, the likest is: two rows of files may both be cut at once.
 */
#include "cli/source_point.h"

#include <string.h>

/* How well one input would go on from another; what comes first weighs most. */
struct likeness {
    bool interfaces; /* they look the same */
    size_t prefix;   /* so many characters of the names are the same */
    int64_t end_ns;  /* when that one ended: the later the better */
};

static bool interfaces_are_alike(const struct capture_interface *a,
                                 const struct capture_interface *b)
{
    return a->link_type == b->link_type &&
           (a->name[0] == '\0' || b->name[0] == '\0' || strcmp(a->name, b->name) == 0);
}

/* As far as both have told of them; pcap has no names. */
static bool captures_are_alike(const struct capture *a, const struct capture *b)
{
    for (size_t i = 0; i < a->interface_count && i < b->interface_count; i++) {
        if (!interfaces_are_alike(&a->interfaces[i], &b->interfaces[i])) {
            return false;
        }
    }
    return true;
}

static size_t common_prefix(const char *a, const char *b)
{
    size_t length = 0;
    while (a[length] != '\0' && a[length] == b[length]) {
        length++;
    }
    return length;
}

static struct likeness likeness_of(const struct capture *ended, const struct capture *begins)
{
    return (struct likeness){
        .interfaces = captures_are_alike(ended, begins),
        .prefix = common_prefix(ended->name, begins->name),
        .end_ns = ended->end_ns,
    };
}

static bool is_liker(const struct likeness *a, const struct likeness *b)
{
    if (a->interfaces != b->interfaces) {
        return a->interfaces;
    }
    return a->prefix != b->prefix ? a->prefix > b->prefix : a->end_ns > b->end_ns;
}

void source_point_choose(struct source_inlet *inlets, size_t count, struct source_inlet *begins)
{
    struct source_inlet *chosen = NULL;
    struct likeness best;
    for (size_t i = 0; i < count; i++) {
        if (!inlets[i].begun || !inlets[i].ended || inlets[i].continued) {
            continue;
        }
        struct likeness likeness = likeness_of(&inlets[i].reader.capture, &begins->reader.capture);
        if (chosen == NULL || is_liker(&likeness, &best)) {
            chosen = &inlets[i];
            best = likeness;
        }
    }
    begins->begun = true;
    begins->point = begins->head.capture;
    if (chosen != NULL) {
        chosen->continued = true;
        begins->point = chosen->point;
    }
}
