/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps that many courses have. */
#include "tests/unit/analyzer/catalogue/pairs.h"

void pair_wait(struct wire *wire, int64_t duration_ns)
{
    wire_tell(wire);
    wire->now_ns += duration_ns;
}

static void say_both_ways(struct wire *wire, unsigned flow)
{
    story_data(&wire->story, &wire->peers, &wire->flows[flow], OPENER_SAYS, 100);
    story_data(&wire->story, &wire->peers, &wire->flows[flow], RESPONDER_SAYS, 100);
}

void pair_open_one(struct wire *wire)
{
    story_capable(&wire->story, &wire->peers, &wire->flows[0]);
    say_both_ways(wire, 0);
}

void pair_open_two(struct wire *wire)
{
    pair_open_one(wire);
    story_join(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
    say_both_ways(wire, PAIR_JOIN);
}

struct story_packet *pair_option(struct wire *wire, enum story_from from,
                                 struct mpta_mptcp_option option)
{
    return story_option(&wire->story, &wire->flows[0], from, MPTA_TCP_ACK, 0, option);
}

static unsigned digit_of(char letter)
{
    return letter <= '9' ? (unsigned)(letter - '0') : (unsigned)(letter - 'a') + 10;
}

void pair_put_hex(struct story_packet *packet, const char *hex)
{
    struct mpta_segment *segment = &packet->segment;
    segment->options_len = 0;
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        packet->options[segment->options_len++] =
            (uint8_t)(digit_of(hex[0]) << 4 | digit_of(hex[1]));
        hex++;
    }
    segment->options_captured = segment->options_len;
}

void pair_data(struct wire *wire, unsigned flow, uint32_t ssn, uint64_t offset, uint32_t len)
{
    static uint8_t octets[WIRE_LEN_MAX];
    wire_fill(octets, len, MPTA_CLIENT, offset);
    wire_send(wire, &(struct wire_segment){
                        .flow = flow,
                        .ssn = ssn,
                        .octets = octets,
                        .len = len,
                        .map = {.ssn = ssn, .data = offset, .len = (uint16_t)len}
    });
}

void pair_ack(struct wire *wire, unsigned flow, uint64_t ack, uint32_t acked_len)
{
    wire_send(wire, &(struct wire_segment){.flow = flow,
                                           .from = RESPONDER_SAYS,
                                           .ssn = 1,
                                           .ack_is_64 = true,
                                           .ack = ack,
                                           .acked_len = acked_len});
}
