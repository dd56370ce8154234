/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The expression is made of comparisons at fixed offsets, link[...], and not of libpcap's words
 * vlan, mpls and pppoes: each of those shifts the meaning of all words behind it, so that "tagged
 * or not" cannot be said with them. A kernel that has taken off the outer VLAN tag shows the frame
 * without it, which suits fixed offsets, too.
 *
 * Reading behind the end of a packet turns the packet away, so every comparison stands behind one
 * that proves the octets to be there.
 */
#include "cli/source_live_filter.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/source_message.h"

/* Tags and labels that are looked behind; what is behind more of them passes unseen. */
enum { TAGS_MAX = 2, LABELS_MAX = 3 };

/* IP protocols that are TCP, are a tunnel, or may stand before TCP in IPv4 (51: AH). */
static const char *const protocols[] = {"6", "4", "41", "47", "51"};

/* Extension headers of IPv6: a filter that may not loop cannot look behind them. */
static const char *const extensions[] = {"0", "43", "44", "60", "135", "139", "140"};

/* UDP ports of GTP-U and VXLAN. */
static const char *const ports[] = {"2152", "4789", "8472"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* "(where = a or where = b ...)", without a beginning. */
static void any_of(FILE *to, const char *where, const char *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(to, "%s%s = %s", i > 0 ? " or " : "", where, values[i]);
    }
}

/* A comparison's left side: so many octets at a place. */
struct place {
    char text[80];
};

__attribute__((format(printf, 1, 2))) static struct place place(const char *format, ...)
{
    struct place made;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(made.text, sizeof made.text, format, arguments);
    va_end(arguments);
    return made;
}

/* An IPv4 packet at an offset: TCP, a tunnel, or a fragment behind the first. */
static void ipv4(FILE *to, unsigned at)
{
    struct place port = place("link[((link[%u] & 15) << 2) + %u : 2]", at, at + 2);
    fputs("(", to);
    any_of(to, place("link[%u]", at + 9).text, protocols, COUNT(protocols));
    fprintf(to, " or link[%u:2] & 0x1fff != 0 or (link[%u] = 17 and (", at + 6, at + 9);
    any_of(to, port.text, ports, COUNT(ports));
    fputs(")))", to);
}

static void ipv6(FILE *to, unsigned at)
{
    struct place next = place("link[%u]", at + 6);
    fputs("(", to);
    any_of(to, next.text, protocols, COUNT(protocols));
    fputs(" or ", to);
    any_of(to, next.text, extensions, COUNT(extensions));
    fprintf(to, " or (%s = 17 and (", next.text);
    any_of(to, place("link[%u:2]", at + 42).text, ports, COUNT(ports));
    fputs(")))", to);
}

/* IP of either version, told by its first half octet. */
static void ip(FILE *to, unsigned at)
{
    fprintf(to, "((link[%u] & 0xf0 = 0x40 and ", at);
    ipv4(to, at);
    fprintf(to, ") or (link[%u] & 0xf0 = 0x60 and ", at);
    ipv6(to, at);
    fputs("))", to);
}

/* A stack of MPLS labels; the lowest bit of the third octet says that a label is the last one. */
static void mpls(FILE *to, unsigned at, int labels)
{
    if (labels == LABELS_MAX) {
        fprintf(to, "link[%u] >= 0", at);
        return;
    }
    fprintf(to, "((link[%u] & 1 = 1 and ", at + 2);
    ip(to, at + 4);
    fprintf(to, ") or (link[%u] & 1 = 0 and ", at + 2);
    mpls(to, at + 4, labels + 1);
    fputs("))", to);
}

/* A PPPoE session (RFC 2516): IPv4, IPv6, MPLS, or a protocol number of one octet. */
static void pppoe(FILE *to, unsigned at)
{
    struct place protocol = place("link[%u:2]", at + 6);
    fprintf(to, "((%s = 0x21 and ", protocol.text);
    ipv4(to, at + 8);
    fprintf(to, ") or (%s = 0x57 and ", protocol.text);
    ipv6(to, at + 8);
    fprintf(to, ") or %s = 0x281 or %s = 0x283 or link[%u] & 1 = 1 or link[%u] = 0xff)",
            protocol.text, protocol.text, at + 6, at + 6);
}

/* What an ethertype at one place announces at another: IP, MPLS, PPPoE, tags, SNAP. */
static void typed(FILE *to, unsigned type_at, unsigned at, int tags)
{
    struct place type = place("link[%u:2]", type_at);
    fprintf(to, "((%s = 0x800 and ", type.text);
    ipv4(to, at);
    fprintf(to, ") or (%s = 0x86dd and ", type.text);
    ipv6(to, at);
    fprintf(to, ") or ((%s = 0x8100 or %s = 0x88a8 or %s = 0x9100)", type.text, type.text,
            type.text);
    if (tags < TAGS_MAX) {
        fputs(" and ", to);
        typed(to, at + 2, at + 4, tags + 1);
    }
    fprintf(to, ") or ((%s = 0x8847 or %s = 0x8848) and ", type.text, type.text);
    mpls(to, at, 0);
    fprintf(to, ") or (%s = 0x8864 and ", type.text);
    pppoe(to, at);
    fprintf(to, ") or (%s <= 1500 and link[%u:2] = 0xaaaa))", type.text, at);
}

/* Writes the expression for a link type; false where there is none. */
static bool link_write(FILE *to, uint32_t link_type)
{
    switch (link_type) {
    case 1: /* ETHERNET */
        typed(to, 12, 14, 0);
        return true;
    case 113: /* LINUX_SLL */
        typed(to, 14, 16, 0);
        return true;
    case 276: /* LINUX_SLL2 */
        typed(to, 0, 20, 0);
        return true;
    case 12:  /* DLT_RAW of most systems */
    case 101: /* RAW */
        ip(to, 0);
        return true;
    case 228: /* IPV4 */
        ipv4(to, 0);
        return true;
    case 229: /* IPV6 */
        ipv6(to, 0);
        return true;
    case 0:   /* NULL */
    case 108: /* LOOP */
        ip(to, 4);
        return true;
    default:
        return false;
    }
}

/* Both, where there are two. The user's comes last: its words may shift what is behind them. */
static char *both(const char *automatic, const char *user)
{
    return user ? source_message_make("(%s) and (%s)", automatic, user)
                : source_message_make("%s", automatic);
}

char *source_live_filter_make(uint32_t link_type, const char *user)
{
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    if (!to) {
        return NULL;
    }
    bool known = link_write(to, link_type);
    bool whole = !ferror(to);
    char *made = NULL;
    if (fclose(to) == 0 && whole) {
        made = known ? both(text, user) : source_live_filter_simple(user);
    }
    free(text);
    return made;
}

char *source_live_filter_simple(const char *user)
{
    return both("tcp or proto 4 or proto 41 or proto 47 or proto 51 or "
                "udp dst port 2152 or udp dst port 4789 or udp dst port 8472 or "
                "ip[6:2] & 0x1fff != 0 or ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or "
                "ip6[6] = 60 or ip6[6] = 135 or ip6[6] = 139 or ip6[6] = 140",
                user);
}
