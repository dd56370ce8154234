/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Netlink messages that a Linux 6.18 sent, and what can be made of them: cut anywhere, with any
 * length in any place, with any octet changed, nothing is read outside of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/kernel_message.h"

/* ---- What a kernel sent --------------------------------------------------------------------- */

/* CTRL_CMD_NEWFAMILY: mptcp_pm. */
static const char family_hex[] =
    "68010000100000000000000091690000010200000d0002006d707463705f706d00000000060001001c000000"
    "080003000100000008000400000000000800050000000000e000060014000100080001000100000008000200"
    "1a000000140002000800010002000000080002001a000000140003000800010003000000080002000e000000"
    "140004000800010004000000080002001a000000140005000800010005000000080002001a00000014000600"
    "0800010006000000080002000a000000140007000800010007000000080002001a0000001400080008000100"
    "08000000080002001a000000140009000800010009000000080002001a00000014000a00080001000a000000"
    "080002001a00000014000b00080001000b000000080002001a00000044000700200001000800020008000000"
    "120001006d707463705f706d5f636d6473000000200002000800020009000000140001006d707463705f706d"
    "5f6576656e747300";

/* A socket with one further subflow. */
static const char socket_hex[] =
    "e00000001400000001000000136a000002010000ee06ad9c0a0900010000000000000000000000000a090002"
    "000000000000000000000000000000008f4000000000000000000000000000000000000000000000ee6f2f00"
    "050008000000000008000f00000000000c001500010000000000000006001600520000006400020001000004"
    "00000000020000009fd1d8535d6bec6ed97ea6a05d6bec6ed97ea6a0515d34278188c1570101000000000000"
    "e803000000000000e803000000000000e803000000000000e803000000000000020000000402000004020000"
    "38010000";

/* No such socket: NLMSG_ERROR. */
static const char gone_hex[] =
    "640000000200000002000000136a0000feffffff5000000014000100020000000000000002060a00ffffffff"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000001000000"
    "ffffffff0800030006010000";

/* The TCP socket of a join that was opened here, bound to an interface. */
static const char join_hex[] =
    "080200001400000003000000136a00000201000099c5ad9c0a0901010000000000000000000000000a090002"
    "000000000000000000000000030000004d3f00000000000000000000000000000000000000000000ee6f2f00"
    "050008000000000008000f00000000000c001500010000000000000006001600520000001c01020001000000"
    "0007aa01e01c030000000000a805000018020000000000000000000000000000000000000000000004020000"
    "000000000402000004020000dc05000058fa00001000000008000000ffffff7f0a000000a805000003000000"
    "000000009038000000000000d0a7289a00000000ffffffffffffffff01000000000000000000000000000000"
    "0200000002000000000000001000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000100000000000000000000000000000000000000000000000000000000000000"
    "0000000000fc000000fc00000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000800040062627200680013000a0001006d707463700000005800030008000100"
    "0cfa4e6d080002009fd1d85308000800cc000000050009000000000005000a00010000000800030001000000"
    "0c000400515d34278188c157080005000000000008000600a6afa5c80600070000000000";

/* The TCP socket of the initial subflow. */
static const char initial_hex[] =
    "080200001400000004000000136a000002010000ee06ad9c0a0900010000000000000000000000000a090002"
    "000000000000000000000000000000004e3f00000000000000000000000000000000000000000000ee6f2f00"
    "050008000000000008000f00000000000c001500010000000000000006001600520000001c01020001000000"
    "0007aa00e01c0300409c0000a8050000e8030000000000000000000000000000000000000000000038010000"
    "000000000402000038010000dc05000050070100330000001a000000ffffff7f0c000000a805000003000000"
    "e80300009038000000000000a5d0375200000000ffffffffffffffffd107000000000000e803000000000000"
    "0500000004000000000000000300000001000000020000000d88360200000000000000000000000000000000"
    "0000000000000000000000000300000000000000d00700000000000000000000000000000000000000000000"
    "0000000000000100000001000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000800040062627200680013000a0001006d707463700000005800030008000100"
    "00000000080002009fd1d85308000800c3000000050009000000000005000a000000000008000300d1070000"
    "0c000400695934278188c1570800050001000000080006003af12dc306000700e8030000";

/* Events: a connection, a subflow of it, and its end. */
static const char created_hex[] =
    "540000001c000000000000000000000001010000080001009fd1d8530600020002000000080005000a090001"
    "080007000a09000206000900ee06000006000a00ad9c000005000300000000000500040000000000";

static const char sub_hex[] =
    "640000001c00000000000000000000000a010000080001009fd1d8530600020002000000080005000a090101"
    "080007000a0900020600090099c5000006000a00ad9c00000500030001000000050004000000000005000b00"
    "0000000008000f0003000000";

static const char closed_hex[] = "1c0000001c000000000000000000000003010000080001009fd1d853";

static const struct {
    const char *words;
    const char *hex;
} messages[] = {
    {"a family",            family_hex },
    {"a socket",            socket_hex },
    {"no socket",           gone_hex   },
    {"a join",              join_hex   },
    {"an initial subflow",  initial_hex},
    {"a connection begins", created_hex},
    {"a subflow begins",    sub_hex    },
    {"a connection ends",   closed_hex },
};
enum { MESSAGES = sizeof messages / sizeof messages[0] };

enum { LENGTH_AT = 0, HEADER = 16 };

/* ---- Octets --------------------------------------------------------------------------------- */

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* A message in a block of exactly its size. */
static uint8_t *octets_make(const char *hex, size_t *size)
{
    *size = strlen(hex) / 2;
    uint8_t *octets = malloc(*size);
    assert_non_null(octets);
    for (size_t i = 0; i < *size; i++) {
        octets[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    }
    return octets;
}

static void put_u32(uint8_t *to, uint32_t value)
{
    memcpy(to, &value, sizeof value); /* netlink speaks the machine's own order */
}

/* Opens the one message of a buffer; to be freed with it. */
static struct kernel_message message_of(const uint8_t *octets, size_t size)
{
    struct kernel_message message;
    size_t taken;
    assert_true(kernel_message_next(octets, size, &message, &taken));
    return message;
}

/* Whatever may come of it. */
static void parse_as_everything(const uint8_t *octets, size_t size)
{
    struct kernel_message message;
    struct kernel_socket socket;
    struct kernel_subflow subflow;
    struct kernel_event event;
    uint16_t family;
    uint32_t group;
    size_t taken;
    for (size_t at = 0; kernel_message_next(octets + at, size - at, &message, &taken);
         at += taken) {
        assert_in_range(taken, HEADER, size - at);
        kernel_socket_parse(&message, &socket);
        if (kernel_subflow_parse(&message, &subflow)) {
            assert_non_null(memchr(subflow.congestion, 0, sizeof subflow.congestion));
        }
        kernel_event_parse(&message, &event);
        kernel_family_parse(&message, "mptcp_pm_events", &family, &group);
    }
}

/* ---- What is read --------------------------------------------------------------------------- */

static void assert_endpoint(const struct kernel_endpoint *endpoint, const char *expected)
{
    char text[MPTA_ENDPOINT_TEXT_MAX];
    mpta_endpoint_format(&endpoint->address, endpoint->port, text, sizeof text);
    assert_string_equal(text, expected);
}

static void a_socket_is_read(void **state)
{
    (void)state;
    size_t size;
    uint8_t *octets = octets_make(socket_hex, &size);
    struct kernel_message message = message_of(octets, size);
    struct kernel_socket socket;
    assert_true(kernel_socket_parse(&message, &socket));
    assert_endpoint(&socket.ends.local, "10.9.0.1:60934");
    assert_endpoint(&socket.ends.remote, "10.9.0.2:44444");
    assert_string_equal(kernel_state_name(socket.state), "established");
    assert_int_equal(socket.token, 0x53d8d19f);
    assert_int_equal(socket.subflows, 1);
    assert_int_equal(socket.subflows_max, 4);
    assert_true(socket.remote_key_received);
    assert_false(socket.fallback || socket.checksum);
    assert_int_equal(socket.write_seq, 0xa0a67ed96eec6b5d);
    assert_int_equal(socket.rcv_nxt, 0x57c1888127345d51);
    free(octets);
}

static void subflows_are_read(void **state)
{
    (void)state;
    size_t size;
    uint8_t *octets = octets_make(join_hex, &size);
    struct kernel_message message = message_of(octets, size);
    struct kernel_subflow subflow;
    assert_true(kernel_subflow_parse(&message, &subflow));
    assert_endpoint(&subflow.ends.local, "10.9.1.1:39365");
    assert_endpoint(&subflow.ends.remote, "10.9.0.2:44444");
    assert_true(subflow.info_known && subflow.role.known);
    assert_string_equal(subflow.congestion, "bbr");
    assert_int_equal(subflow.mss, 1448);
    assert_int_equal(subflow.cwnd, 10);
    assert_int_equal(subflow.srtt_us, 16);
    assert_int_equal(subflow.ssthresh, 0x7fffffff);
    assert_int_equal(subflow.role.token_local, 0x53d8d19f);
    assert_int_equal(subflow.role.token_remote, 0x6d4efa0c);
    assert_int_equal(subflow.role.flags, 0xcc); /* join on both sides, connected, established */
    assert_int_equal(subflow.role.id_local, 1);
    free(octets);

    octets = octets_make(initial_hex, &size);
    message = message_of(octets, size);
    assert_true(kernel_subflow_parse(&message, &subflow));
    assert_endpoint(&subflow.ends.local, "10.9.0.1:60934");
    assert_int_equal(subflow.role.flags, 0xc3); /* MP_CAPABLE on both sides */
    assert_int_equal(subflow.cwnd, 12);
    free(octets);
}

static void events_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum kernel_event_type type;
        const char *local; /* NULL: no addresses */
        int id_local;      /* -1: none */
    } cases[] = {
        {created_hex, KERNEL_EVENT_CREATED,             "10.9.0.1:60934", 0 },
        {sub_hex,     KERNEL_EVENT_SUBFLOW_ESTABLISHED, "10.9.1.1:39365", 1 },
        {closed_hex,  KERNEL_EVENT_CLOSED,              NULL,             -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size;
        uint8_t *octets = octets_make(cases[i].hex, &size);
        struct kernel_message message = message_of(octets, size);
        struct kernel_event event;
        assert_true(kernel_event_parse(&message, &event));
        assert_int_equal(event.type, cases[i].type);
        assert_int_equal(event.token, 0x53d8d19f);
        assert_int_equal(event.ends_known, cases[i].local != NULL);
        if (event.ends_known) {
            assert_endpoint(&event.ends.local, cases[i].local);
            assert_endpoint(&event.ends.remote, "10.9.0.2:44444");
        }
        assert_int_equal(event.id_local_known ? event.id_local : -1, cases[i].id_local);
        assert_int_equal(event.error, 0);
        free(octets);
    }
}

static void a_family_is_read(void **state)
{
    (void)state;
    size_t size;
    uint16_t family;
    uint32_t group;
    uint8_t *octets = octets_make(family_hex, &size);
    struct kernel_message message = message_of(octets, size);
    assert_true(kernel_family_parse(&message, "mptcp_pm_events", &family, &group));
    assert_int_equal(family, 28);
    assert_true(group > 0);
    assert_false(kernel_family_parse(&message, "mptcp_pm_event", &family, &group));
    assert_false(kernel_family_parse(&message, "mptcp_pm_eventss", &family, &group));
    free(octets);
}

/* An answer that there is no such socket is none. */
static void a_refusal_says_nothing(void **state)
{
    (void)state;
    size_t size;
    struct kernel_socket socket;
    struct kernel_subflow subflow;
    uint8_t *octets = octets_make(gone_hex, &size);
    struct kernel_message message = message_of(octets, size);
    assert_int_equal(message.type, 2); /* NLMSG_ERROR */
    assert_false(kernel_socket_parse(&message, &socket));
    assert_false(kernel_subflow_parse(&message, &subflow));
    free(octets);
}

/* ---- What is not as it should be ------------------------------------------------------------ */

/* struct mptcp_info of a kernel that knows less, and of one that says too little. */
static void older_kernels_say_less(void **state)
{
    (void)state;
    enum { INFO_AT = 124, WRITE_SEQ_AT = INFO_AT + 4 + 16 };
    size_t size;
    uint8_t *octets = octets_make(socket_hex, &size);
    struct kernel_socket socket;
    put_u32(octets + LENGTH_AT, WRITE_SEQ_AT);
    octets[INFO_AT] = 4 + 16; /* up to the token */
    struct kernel_message message = message_of(octets, size);
    assert_true(kernel_socket_parse(&message, &socket));
    assert_int_equal(socket.token, 0x53d8d19f);
    assert_int_equal(socket.write_seq, 0);
    octets[INFO_AT] = 4 + 12;
    assert_false(kernel_socket_parse(&message, &socket));
    free(octets);
}

static void lengths_are_not_believed(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0,          1,          15,         0x7fffffff, 0x80000000,
                                       0x80000010, 0xfffffff0, 0xffffffff, 4096};
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t size;
        uint8_t *octets = octets_make(messages[i].hex, &size);
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            struct kernel_message message;
            size_t taken;
            put_u32(octets + LENGTH_AT, lengths[j]);
            if (kernel_message_next(octets, size, &message, &taken)) {
                fail_msg("%s: length %u was believed", messages[i].words, lengths[j]);
            }
        }
        free(octets);
    }
}

/* Cut at any octet, with the length that it said, or with one that fits. */
static void messages_may_end_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t whole;
        uint8_t *octets = octets_make(messages[i].hex, &whole);
        for (size_t size = 0; size < whole; size++) {
            uint8_t *cut = malloc(size > 0 ? size : 1);
            assert_non_null(cut);
            memcpy(cut, octets, size);
            parse_as_everything(cut, size);
            if (size >= HEADER) {
                put_u32(cut + LENGTH_AT, (uint32_t)size);
                parse_as_everything(cut, size);
            }
            free(cut);
        }
        free(octets);
    }
}

/* Every octet with every value: each length of each attribute is among them. */
static void octets_may_be_anything(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        size_t size;
        uint8_t *octets = octets_make(messages[i].hex, &size);
        for (size_t at = 0; at < size; at++) {
            uint8_t was = octets[at];
            for (unsigned value = 0; value < 256; value++) {
                octets[at] = (uint8_t)value;
                parse_as_everything(octets, size);
            }
            octets[at] = was;
        }
        free(octets);
    }
}

/* IPv4 in a socket of IPv6 is IPv4. */
static void mapped_addresses_are_ipv4(void **state)
{
    (void)state;
    enum { FAMILY_AT = HEADER, SOURCE_AT = HEADER + 8 };
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 9, 0, 1};
    size_t size;
    struct kernel_socket socket;
    uint8_t *octets = octets_make(socket_hex, &size);
    octets[FAMILY_AT] = 10; /* AF_INET6 */
    memcpy(octets + SOURCE_AT, mapped, sizeof mapped);
    struct kernel_message message = message_of(octets, size);
    assert_true(kernel_socket_parse(&message, &socket));
    assert_endpoint(&socket.ends.local, "10.9.0.1:60934");
    assert_int_equal(socket.ends.remote.address.family, 6);
    octets[FAMILY_AT] = 1; /* AF_UNIX */
    assert_false(kernel_socket_parse(&message, &socket));
    free(octets);
}

static void names_are_bounded(void **state)
{
    (void)state;
    assert_string_equal(kernel_state_name(0), "unknown");
    assert_string_equal(kernel_state_name(11), "closing");
    assert_string_equal(kernel_state_name(255), "unknown");
    for (enum kernel_event_type type = 0; type < KERNEL_EVENT_TYPE_COUNT; type++) {
        assert_non_null(kernel_event_type_name(type));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_is_read),         cmocka_unit_test(subflows_are_read),
        cmocka_unit_test(events_are_read),          cmocka_unit_test(a_family_is_read),
        cmocka_unit_test(a_refusal_says_nothing),   cmocka_unit_test(older_kernels_say_less),
        cmocka_unit_test(lengths_are_not_believed), cmocka_unit_test(messages_may_end_anywhere),
        cmocka_unit_test(octets_may_be_anything),   cmocka_unit_test(mapped_addresses_are_ipv4),
        cmocka_unit_test(names_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
