/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses and priorities in version 1, RFC 8684 sections 3.3.8 and 3.4; with the mistakes in the
 * HMAC of ADD_ADDR that stacks have made.
 */
#include <nettle/hmac.h>

#include "dissector/wire.h"
#include "tests/forge/scenario.h"

#define ANNOUNCED "203.0.113.2"
#define PORT      8443

static void add_addr(struct forge *forge)
{
    static const struct {
        const char *address;
        uint16_t port;
    } announced[] = {
        {ANNOUNCED,         0   },
        {"203.0.113.3",     PORT},
        {"2001:db8:113::4", 0   },
        {"2001:db8:113::5", PORT}
    };
    struct story story;
    story_open(&story, forge, 1);
    for (size_t i = 0; i < sizeof announced / sizeof announced[0]; i++) {
        const uint8_t id = (uint8_t)(2 + i);
        forge_add_addr(&story.first, MPTA_SERVER, id, announced[i].address, announced[i].port);
        forge_add_addr_echo(&story.first, MPTA_CLIENT, id, announced[i].address, announced[i].port);
    }
    story.second = forge_additional(&story.connection, 0, "192.0.2.10", ANNOUNCED);
    story.second.ends[MPTA_SERVER].address_id = 2;
    story_join(&story);
    story_end(&story);
}

/* One announcement by the server, spoilt by an edit. */
static void announce_spoilt(struct forge *forge, forge_edit *edit)
{
    struct story story;
    story_open(&story, forge, 1);
    forge->next.edit = edit;
    forge->next.argument = &story.connection;
    forge_add_addr(&story.first, MPTA_SERVER, 2, ANNOUNCED, PORT);
    story_end(&story);
}

static void add_addr_bad_hmac(struct forge *forge)
{
    announce_spoilt(forge, forge_edit_hmac);
}

/* Linux before 5.8 sent the leftmost 64 bits. */
static void edit_leftmost(struct forge_segment *segment, const void *argument)
{
    const struct forge_connection *connection = argument;
    struct mpta_add_addr *add_addr = &segment->mptcp[0].add_addr;
    uint8_t key[16];
    uint8_t message[7];
    uint8_t leftmost[8];
    struct wire_writer keys = wire_writer_of(key, sizeof key);
    struct wire_writer text = wire_writer_of(message, sizeof message);
    struct hmac_sha256_ctx context;

    wire_put(&keys, connection->hosts[MPTA_SERVER].key, 8);
    wire_put(&keys, connection->hosts[MPTA_CLIENT].key, 8);
    wire_put(&text, add_addr->address_id, 1);
    wire_put_copy(&text, add_addr->address.octets, 4);
    wire_put(&text, add_addr->port, 2);
    hmac_sha256_set_key(&context, sizeof key, key);
    hmac_sha256_update(&context, sizeof message, message);
    hmac_sha256_digest(&context, sizeof leftmost, leftmost);
    struct wire read = wire_of(leftmost, sizeof leftmost, sizeof leftmost);
    add_addr->hmac = wire_u64(&read);
}

static void add_addr_hmac_leftmost(struct forge *forge)
{
    announce_spoilt(forge, edit_leftmost);
}

static void edit_port_zero(struct forge_segment *segment, const void *argument)
{
    const struct forge_connection *connection = argument;
    struct mpta_add_addr *add_addr = &segment->mptcp[0].add_addr;
    struct mpta_add_addr without_port = *add_addr;
    without_port.has_port = false;
    without_port.port = 0;
    add_addr->hmac = mpta_add_addr_hmac(connection->hosts[MPTA_SERVER].key,
                                        connection->hosts[MPTA_CLIENT].key, &without_port);
}

static void add_addr_hmac_port_zero(struct forge *forge)
{
    announce_spoilt(forge, edit_port_zero);
}

static void edit_no_hmac(struct forge_segment *segment, const void *argument)
{
    (void)argument;
    segment->mptcp[0].add_addr.has_hmac = false;
}

static void add_addr_no_hmac(struct forge *forge)
{
    announce_spoilt(forge, edit_no_hmac);
}

/* A stack that sends back the option as it came, HMAC and all, but for the E flag. */
static void edit_echo(struct forge_segment *segment, const void *argument)
{
    const uint64_t *hmac = argument;
    segment->mptcp[0].add_addr.has_hmac = true;
    segment->mptcp[0].add_addr.hmac = *hmac;
}

static void add_addr_echo_hmac(struct forge *forge)
{
    const struct mpta_add_addr announced = {.address_id = 2, .address = forge_address(ANNOUNCED)};
    struct story story;
    story_open(&story, forge, 1);
    const uint64_t hmac = mpta_add_addr_hmac(story.connection.hosts[MPTA_SERVER].key,
                                             story.connection.hosts[MPTA_CLIENT].key, &announced);
    forge_add_addr(&story.first, MPTA_SERVER, 2, ANNOUNCED, 0);
    forge->next.edit = edit_echo;
    forge->next.argument = &hmac;
    forge_add_addr_echo(&story.first, MPTA_CLIENT, 2, ANNOUNCED, 0);
    story_end(&story);
}

static void remove_addr(struct forge *forge)
{
    static const uint8_t ids[] = {2, 3, 4};
    struct story story;
    story_open(&story, forge, 1);
    for (uint8_t id = 2; id <= 4; id++) {
        const char *const addresses[] = {ANNOUNCED, "203.0.113.3", "203.0.113.4"};
        forge_add_addr(&story.first, MPTA_SERVER, id, addresses[id - 2], 0);
        forge_add_addr_echo(&story.first, MPTA_CLIENT, id, addresses[id - 2], 0);
    }
    story.second = forge_additional(&story.connection, 0, "192.0.2.10", ANNOUNCED);
    story.second.ends[MPTA_SERVER].address_id = 2;
    story_join(&story);
    forge_remove_addr(&story.first, MPTA_SERVER, ids, sizeof ids);
    forge_close(&story.second);
    story.joined = false;
    story_talk(&story.first);
    story_end(&story);
}

static void prio(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    forge_prio(&story.second, MPTA_CLIENT, true);
    story_talk(&story.first);
    forge_prio(&story.first, MPTA_SERVER, true);
    forge_prio(&story.second, MPTA_CLIENT, false);
    story_talk(&story.second);
    story_end(&story);
}

#define ANNOUNCEMENT(valid_count, invalid_count, finding)                                          \
    .connections = 1, .subflows = 1,                                                               \
    .add_addr_hmac = {.valid = (valid_count), .invalid = (invalid_count)},                         \
    .close = MPTA_CONNECTION_DATA_FIN, .errors = (finding)

static const struct forge_scenario scenarios[] = {
    SCENARIO("add-addr", add_addr,
             "ADD_ADDR of both families, with port and without, each echoed; one is joined",
             "four announcements by the server, four echoes", .connections = 1, .subflows = 2,
             .join_hmac = {.valid = 2}, .add_addr_hmac = {.valid = 4},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(2)),
    SCENARIO("add-addr-bad-hmac", add_addr_bad_hmac, "the HMAC of an ADD_ADDR is one bit off", NULL,
             ANNOUNCEMENT(0, 1, "addaddr-hmac"), TALKED(1)),
    SCENARIO("add-addr-hmac-leftmost", add_addr_hmac_leftmost,
             "the HMAC of an ADD_ADDR is the leftmost 64 bits, not the rightmost",
             "that variant by its name", ANNOUNCEMENT(0, 1, "addaddr-hmac"), TALKED(1)),
    SCENARIO("add-addr-hmac-port-zero", add_addr_hmac_port_zero,
             "the HMAC of an ADD_ADDR with port is made as if there were none",
             "that variant by its name", ANNOUNCEMENT(0, 1, "addaddr-hmac"), TALKED(1)),
    SCENARIO("add-addr-no-hmac", add_addr_no_hmac, "an announcement without HMAC in version 1",
             NULL, ANNOUNCEMENT(0, 0, "addaddr-hmac-presence"), TALKED(1)),
    SCENARIO("add-addr-echo-hmac", add_addr_echo_hmac,
             "an echo with the HMAC of the announcement: E and HMAC exclude each other",
             "the echo's HMAC is not judged", .connections = 1, .subflows = 1,
             .add_addr_hmac = {.valid = 1}, .close = MPTA_CONNECTION_DATA_FIN,
             .errors = "addaddr-hmac-presence", TALKED(1)),
    SCENARIO("remove-addr", remove_addr,
             "one REMOVE_ADDR for three address IDs; the subflow to one of them is closed",
             "three announcements, three echoes, three removals", .connections = 1, .subflows = 2,
             .join_hmac = {.valid = 2}, .add_addr_hmac = {.valid = 3},
             .close = MPTA_CONNECTION_DATA_FIN, TALKED(3)),
    SCENARIO("prio", prio, "MP_PRIO: the client's side of the second subflow is backup for a time",
             "in the end only the server's side of the first subflow is backup", .connections = 1,
             .subflows = 2, .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN,
             TALKED(4)),
};

const struct forge_group forge_address_group = FORGE_GROUP(scenarios);
