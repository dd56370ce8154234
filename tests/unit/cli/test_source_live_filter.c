/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's filter lets pass whatever the dissector finds TCP in, and of the rest little enough.
 */
#include <glob.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/source.h"
#include "cli/source_live_filter.h"
#include "dissector/dissector.h"
#include "tests/forge/wrap.h"

/* Rows of the tables below. */
#define PACKET(words, passes, text)                                                                \
    {                                                                                              \
        words, (const uint8_t *)(text), sizeof(text) - 1, passes                                   \
    }
#define FRAME(words, link, passes, text)                                                           \
    {                                                                                              \
        words, link, (const uint8_t *)(text), sizeof(text) - 1, passes                             \
    }

#define IPV4(fragment, protocol)                                                                   \
    "\x45\0\0\x50\0\0" fragment "\x40" protocol "\0\0\x0a\0\0\x01\x0a\0\0\x02"
#define IPV6(next)                                                                                 \
    "\x60\0\0\0\0\x3c" next "\x40\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0" \
    "\0\0\0\0\0\0\0\0\x02"
#define WHOLE  "\0\0"
#define FIRST  "\x20\0"
#define SECOND "\0\x10"
#define TCP    "\x30\x39\0\x50\0\0\0\x01\0\0\0\0\x50\x02\xff\xff\0\0\0\0"
#define REST   "0123456789012345678901234567890123456789"

/* IP packets, and whether they may hold a TCP segment. */
static const struct {
    const char *words;
    const uint8_t *octets;
    size_t length;
    bool passes;
} packets[] = {
    PACKET("TCP", true, IPV4(WHOLE, "\x06") TCP REST),
    PACKET("TCP, IPv6", true, IPV6("\x06") TCP REST),
    PACKET("TCP, first fragment", true, IPV4(FIRST, "\x06") TCP REST),
    PACKET("TCP, second fragment", true, IPV4(SECOND, "\x06") REST),
    PACKET("UDP, second fragment", true, IPV4(SECOND, "\x11") REST),
    PACKET("fragment, IPv6", true, IPV6("\x2c") "\x06\0\0\x01\0\0\0\x01" TCP REST),
    PACKET("behind hop-by-hop", true, IPV6("\0") "\x06\0\x01\x04\0\0\0\0" TCP REST),
    PACKET("behind routing", true, IPV6("\x2b") "\x06\0\x03\0\0\0\0\0" TCP REST),
    PACKET("behind AH", true, IPV4(WHOLE, "\x33") "\x06\x04" REST),
    PACKET("IPv4 in IPv4", true, IPV4(WHOLE, "\x04") IPV4(WHOLE, "\x06") TCP),
    PACKET("IPv6 in IPv4", true, IPV4(WHOLE, "\x29") IPV6("\x06") TCP),
    PACKET("IPv4 in IPv6", true, IPV6("\x04") IPV4(WHOLE, "\x06") TCP),
    PACKET("GRE", true, IPV4(WHOLE, "\x2f") "\0\0\x08\0" REST),
    PACKET("GTP-U", true, IPV4(WHOLE, "\x11") "\0\x01\x08\x68\0\0" REST),
    PACKET("VXLAN", true, IPV4(WHOLE, "\x11") "\0\x01\x12\xb5\0\0" REST),
    PACKET("VXLAN at Linux's port", true, IPV4(WHOLE, "\x11") "\0\x01\x21\x18\0\0" REST),
    PACKET("GTP-U, IPv6", true, IPV6("\x11") "\0\x01\x08\x68\0\0" REST),
    PACKET("GTP-U behind options", true,
           "\x46"
           "\0\0\x50\0\0\0\0\x40\x11\0\0\x0a\0\0\x01\x0a\0\0\x02"
           "\x01\x01\x01\0"
           "\0\x01\x08\x68\0\0" REST),
    PACKET("from GTP-U's port", false, IPV4(WHOLE, "\x11") "\x08\x68\0\x35\0\0" REST),
    PACKET("DNS", false, IPV4(WHOLE, "\x11") "\0\x01\0\x35\0\0" REST),
    PACKET("DNS, IPv6", false, IPV6("\x11") "\0\x01\0\x35\0\0" REST),
    PACKET("QUIC", false, IPV4(WHOLE, "\x11") "\x30\x39\x01\xbb\0\0" REST),
    PACKET("ICMP", false, IPV4(WHOLE, "\x01") "\x08\0" REST),
    PACKET("ICMPv6", false, IPV6("\x3a") "\x80\0" REST),
    PACKET("ESP", false, IPV4(WHOLE, "\x32") REST),
};
enum { PACKETS = sizeof packets / sizeof packets[0] };

/* ---- What a filter does with a frame -------------------------------------------------------- */

/* The DLT_ numbers of libpcap are those of files, but for raw IP. */
static int dlt_of(uint32_t link_type)
{
    return link_type == 101 || link_type == 14 ? DLT_RAW : (int)link_type;
}

static bool filter_compile(uint32_t link_type, char *expression, struct bpf_program *code)
{
    pcap_t *dead = pcap_open_dead(dlt_of(link_type), 262144);
    assert_non_null(dead);
    assert_non_null(expression);
    bool compiled = pcap_compile(dead, code, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    pcap_close(dead);
    free(expression);
    return compiled;
}

/* The filter of one link type. */
struct filter {
    uint32_t link_type;
    bool none; /* nothing compiles: everything passes */
    struct bpf_program code;
};

/* As a live capture chooses: the exact filter, the simple one, or none. */
static struct filter filter_open(uint32_t link_type, const char *user)
{
    struct filter filter = {.link_type = link_type};
    filter.none =
        !filter_compile(link_type, source_live_filter_make(link_type, user), &filter.code) &&
        !filter_compile(link_type, source_live_filter_simple(user), &filter.code);
    return filter;
}

static bool filter_says(const struct filter *filter, const struct frame *frame)
{
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->captured,
                                 .len = (bpf_u_int32)frame->wire_len};
    return filter->none || pcap_offline_filter(&filter->code, &header, frame->octets) != 0;
}

static void filter_close(struct filter *filter)
{
    pcap_freecode(&filter->code);
}

static bool filter_passes(uint32_t link_type, const char *user, const struct frame *frame)
{
    struct filter filter = filter_open(link_type, user);
    bool passes = filter_says(&filter, frame);
    filter_close(&filter);
    return passes;
}

static enum mpta_frame dissect(uint32_t link_type, const struct frame *frame)
{
    struct mpta_segment segment;
    return mpta_frame_dissect(link_type, frame->octets, frame->captured, frame->wire_len, &segment);
}

/* ---- Every packet in every wrap ------------------------------------------------------------- */

/* A wrap of IPv4 cannot carry IPv6 where its header says which it is. */
static bool wrap_fits(enum forge_wrap wrap, const uint8_t *packet)
{
    bool version6 = packet[0] >> 4 == 6;
    return !(wrap == FORGE_IPV4 && version6) && !(wrap == FORGE_IPV6 && !version6);
}

/* A tunnel passes whatever it holds: nobody looks inside. */
static bool wrap_is_tunnel(enum forge_wrap wrap)
{
    return wrap == FORGE_IP_IN_IP || wrap == FORGE_GRE || wrap == FORGE_VXLAN || wrap == FORGE_GTPU;
}

static void test_wraps(void **state)
{
    (void)state;
    uint8_t octets[512];
    for (enum forge_wrap wrap = 0; wrap < FORGE_WRAP_COUNT; wrap++) {
        uint32_t link_type = forge_wrap_link_type(wrap);
        struct filter filter = filter_open(link_type, NULL);
        for (size_t i = 0; i < PACKETS; i++) {
            if (!wrap_fits(wrap, packets[i].octets)) {
                continue;
            }
            size_t length = forge_wrap_encode(wrap, packets[i].octets, packets[i].length, octets);
            struct frame frame = {.octets = octets, .captured = length, .wire_len = length};
            bool passes = filter_says(&filter, &frame);
            enum mpta_frame found = dissect(link_type, &frame);
            bool wanted = found == MPTA_FRAME_TCP || found == MPTA_FRAME_FRAGMENT;
            if (passes != (packets[i].passes || wrap_is_tunnel(wrap)) || (wanted && !passes)) {
                fail_msg("wrap %d, %s: %s", (int)wrap, packets[i].words,
                         passes ? "passes" : "is turned away");
            }
        }
        filter_close(&filter);
    }
}

/* ---- What stands before IP, in its odder forms ---------------------------------------------- */

#define MAC  "\x02\0\0\0\0\x01\x02\0\0\0\0\x02"
#define IP   IPV4(WHOLE, "\x06") TCP
#define DNS  IPV4(WHOLE, "\x11") "\0\x01\0\x35\0\0" REST
#define TAG  "\x81\0\0\x07"
#define MORE "\0\x01\0\x40" /* a label that is not the last */
#define LAST "\0\x01\x01\x40"
#define SLL  "\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0"

static const struct {
    const char *words;
    uint32_t link_type;
    const uint8_t *octets;
    size_t length;
    bool passes;
} frames[] = {
    FRAME("ARP", 1, false, MAC "\x08\x06" REST),
    FRAME("ARP, no longer than it", 1, false,
          MAC "\x08\x06"
              "\0\x01\x08\0\x06\x04"),
    FRAME("LLDP", 1, false, MAC "\x88\xcc" REST),
    FRAME("spanning tree", 1, false,
          MAC "\0\x26"
              "\x42\x42\x03" REST),
    FRAME("SNAP", 1, true,
          MAC "\0\x40"
              "\xaa\xaa\x03\0\0\0\x08\0" IP),
    FRAME("a header alone", 1, false, MAC "\x08\0"),
    FRAME("three tags", 1, true, MAC TAG TAG TAG "\x08\0" IP),
    FRAME("two tags, DNS", 1, false, MAC "\x88\xa8\0\x05" TAG "\x08\0" DNS),
    FRAME("tag, ARP", 1, false, MAC TAG "\x08\x06" REST),
    FRAME("one label, DNS", 1, false, MAC "\x88\x47" LAST DNS),
    FRAME("three labels", 1, true, MAC "\x88\x47" MORE MORE LAST IP),
    FRAME("three labels, DNS", 1, false, MAC "\x88\x47" MORE MORE LAST DNS),
    FRAME("four labels", 1, true, MAC "\x88\x48" MORE MORE MORE LAST IP),
    FRAME("tag and label", 1, true, MAC TAG "\x88\x47" LAST IP),
    FRAME("PPPoE, DNS", 1, false, MAC "\x88\x64\x11\0\0\x01\0\x50\0\x21" DNS),
    FRAME("PPPoE, compressed", 1, true, MAC "\x88\x64\x11\0\0\x01\0\x50\x21" IP),
    FRAME("PPPoE, control", 1, false, MAC "\x88\x64\x11\0\0\x01\0\x50\xc0\x21" REST),
    FRAME("tag and PPPoE", 1, true, MAC TAG "\x88\x64\x11\0\0\x01\0\x50\0\x21" IP),
    FRAME("PPPoE and label", 1, true, MAC "\x88\x64\x11\0\0\x01\0\x50\x02\x81" LAST IP),
    FRAME("cooked, tag", 113, true, SLL TAG "\x08\0" IP),
    FRAME("cooked, tag, DNS", 113, false, SLL TAG "\x08\0" DNS),
    FRAME("cooked, ARP", 113, false, SLL "\x08\x06" REST),
    FRAME("cooked v2, tag", 276, true,
          "\x81\0\0\0\0\0\0\x02\0\x01\0\x06\x02\0\0\0\0\x01\0\0"
          "\0\x07\x08\0" IP),
    FRAME("cooked v2, tag, DNS", 276, false,
          "\x81\0\0\0\0\0\0\x02\0\x01\0\x06\x02\0\0\0\0\x01\0\0"
          "\0\x07\x08\0" DNS),
    FRAME("loopback, IPv6", 0, true, "\x1e\0\0\0" IPV6("\x06") TCP),
    FRAME("an unknown link type", 147, true, REST),
};

static void test_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        struct frame frame = {
            .octets = frames[i].octets, .captured = frames[i].length, .wire_len = frames[i].length};
        bool passes = filter_passes(frames[i].link_type, NULL, &frame);
        if (passes != frames[i].passes) {
            fail_msg("%s: %s", frames[i].words, passes ? "passes" : "is turned away");
        }
        if (dissect(frames[i].link_type, &frame) == MPTA_FRAME_TCP) {
            assert_true(passes);
        }
    }
}

/* The user's expression narrows the automatic one, whatever its words are bound by. */
static void test_user(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        bool passes;
    } cases[] = {
        {"port 80",              true },
        {"port 81",              false},
        {"port 81 or port 80",   true },
        {"udp or icmp",          false},
        {"not port 80",          false},
        {"host 10.0.0.1",        true },
        {"vlan or host 1.2.3.4", false},
    };
    struct frame frame = {.octets = (const uint8_t *)MAC "\x08\0" IP};
    frame.captured = frame.wire_len = sizeof(MAC "\x08\0" IP) - 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (filter_passes(1, cases[i].expression, &frame) != cases[i].passes) {
            fail_msg("%s: passes %d", cases[i].expression, !cases[i].passes);
        }
    }
}

/* ---- Real traffic --------------------------------------------------------------------------- */

/* Every frame in which the dissector finds something, the kernel has to show; counts them. */
static void sample_check(const char *path, struct filter *filter, size_t *wanted)
{
    char *error = NULL;
    bool usage;
    struct frame frame;
    struct source *source = source_open(&path, 1, NULL, &error, &usage);
    assert_non_null(source);
    while (source_next(source, &frame) == SOURCE_FRAME) {
        enum mpta_frame found = dissect(frame.link_type, &frame);
        if (frame.link_type != filter->link_type) {
            filter_close(filter);
            *filter = filter_open(frame.link_type, NULL);
        }
        if (found == MPTA_FRAME_TCP || found == MPTA_FRAME_FRAGMENT) {
            (*wanted)++;
            if (!filter_says(filter, &frame)) {
                fail_msg("%s: packet %llu is turned away", path, (unsigned long long)frame.number);
            }
        }
    }
    source_close(source);
}

static void test_samples(void **state)
{
    (void)state;
    glob_t found;
    size_t wanted = 0;
    struct filter filter = filter_open(1, NULL);
    assert_int_equal(glob(SAMPLES "/*.pcap*", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        sample_check(found.gl_pathv[i], &filter, &wanted);
    }
    assert_true(wanted > 1000);
    filter_close(&filter);
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wraps),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_user),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
