/* SPDX-License-Identifier: BSD-3-Clause */
/* Verdicts: each story, and the sentences that must and must not be said of it. */
#include "tests/unit/analyzer/story.h"

#include <stdio.h>
#include <string.h>

static struct story_peers peers;
static struct story_flow first, second;

static void begin(struct story *story)
{
    story_begin(story);
    peers = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    first = story_flow("10.0.1.1", 40001, "10.0.9.1", 443);
    second = story_flow("10.0.2.1", 40002, "10.0.9.1", 443);
}

static void established(struct story *story)
{
    story_capable(story, &peers, &first);
    story_capable_data(story, &peers, &first, 100);
    story_data_ack(story, &peers, &first, RESPONDER_SAYS);
}

static void finished(struct story *story)
{
    story_data_fins(story, &peers, &first);
    story_fins(story, &peers, &first);
}

static void one_path(struct story *story)
{
    established(story);
    finished(story);
}

static void two_paths(struct story *story)
{
    established(story);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 300);
    finished(story);
}

/* The mapping of the last data was not captured, or was still to come. */
static void two_paths_and_unmapped(struct story *story)
{
    established(story);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 300);
    story_unmapped(story, &second, OPENER_SAYS, 100);
}

/* A piece of data, and the time that it takes to be acknowledged. */
static void piece(struct story *story, struct story_flow *flow, uint32_t len)
{
    story_data(story, &peers, flow, OPENER_SAYS, len);
    story_data_ack(story, &peers, flow, RESPONDER_SAYS);
}

/* Two paths at the same time. */
static void in_turns(struct story *story, uint32_t len)
{
    established(story);
    story_join(story, &peers, &second);
    for (int i = 0; i < 8; i++) {
        piece(story, &first, len);
        piece(story, &second, len / 2);
    }
    finished(story);
}

static void large_transfer(struct story *story)
{
    in_turns(story, 10000);
}

static void small_transfer(struct story *story)
{
    in_turns(story, 5000);
}

/* The second path only goes on where the first has stopped. */
static void one_after_the_other(struct story *story)
{
    established(story);
    story_join(story, &peers, &second);
    for (int i = 0; i < 8; i++)
        piece(story, &first, 10000);
    for (int i = 0; i < 8; i++)
        piece(story, &second, 5000);
    finished(story);
}

static void one_path_had_all(struct story *story)
{
    established(story);
    story_join(story, &peers, &second);
    for (int i = 0; i < 8; i++) {
        piece(story, &first, 10000);
        piece(story, &second, 100);
    }
    finished(story);
}

static void idle_second_path(struct story *story)
{
    established(story);
    story_join(story, &peers, &second);
    finished(story);
}

static void announced(struct story *story)
{
    established(story);
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 3, "10.0.8.1", 0);
    story_add_addr_echo(story, &first, OPENER_SAYS, 3, "10.0.8.1", 0);
    finished(story);
}

static void refused(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, RESPONDER_SAYS, 3);
    finished(story);
}

static void refused_twice(struct story *story)
{
    struct story_flow third = story_flow("10.0.3.1", 40003, "10.0.9.1", 443);
    established(story);
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, RESPONDER_SAYS, 3);
    story_join_syn(story, &peers, &third);
    story_rst(story, &third, RESPONDER_SAYS, 3);
    finished(story);
}

static void stripped(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_strip(story_join_syn_ack(story, &peers, &second));
    story_rst(story, &second, OPENER_SAYS, -1);
    finished(story);
}

static void given_up(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_rst(story, &second, OPENER_SAYS, 1);
    finished(story);
}

/* The third ACK may not have been captured, nor what came then. */
static void given_up_for_nothing(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_rst(story, &second, OPENER_SAYS, -1);
    finished(story);
}

/* What confirmed the third ACK may not have been captured. */
static void reset_late(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_join_ack(story, &peers, &second);
    story->now_ns += 100 * STORY_MS;
    story_rst(story, &second, RESPONDER_SAYS, -1);
    finished(story);
}

/* It was not sent again: there was an answer. */
static void asked_once(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story->now_ns += 5000 * STORY_MS;
    finished(story);
}

static void unanswered(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_again(story, story->count - 1, false);
    finished(story);
}

static void too_young(struct story *story)
{
    established(story);
    finished(story);
    story_join_syn(story, &peers, &second);
}

static void stray(struct story *story)
{
    established(story);
    story_spoil(story_join_syn(story, &peers, &second), 4);
    story_rst(story, &second, RESPONDER_SAYS, -1);
    finished(story);
}

static void stray_unanswered(struct story *story)
{
    established(story);
    story_spoil(story_join_syn(story, &peers, &second), 4);
    finished(story);
}

/* A second client of the same server was there, too. */
static void stray_of_two(struct story *story)
{
    struct story_peers others = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    struct story_flow other = story_flow("10.0.4.1", 40004, "10.0.9.1", 443);
    established(story);
    story_capable(story, &others, &other);
    story_spoil(story_join_syn(story, &peers, &second), 4);
    story_rst(story, &second, RESPONDER_SAYS, -1);
    finished(story);
}

static void announced_many(struct story *story)
{
    char address[] = "10.0.8.1";
    established(story);
    for (uint8_t id = 1; id <= 8; id++) {
        address[sizeof(address) - 2] = (char)('0' + id);
        story_add_addr(story, &peers, &first, RESPONDER_SAYS, id, address, 0);
        story_add_addr_echo(story, &first, OPENER_SAYS, id, address, 0);
    }
    finished(story);
}

static void never_echoed(struct story *story)
{
    established(story);
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 3, "10.0.8.1", 0);
    story_again(story, story->count - 1, false);
    story_again(story, story->count - 1, false);
    finished(story);
}

static void barely_announced(struct story *story)
{
    established(story);
    story_add_addr(story, &peers, &first, RESPONDER_SAYS, 3, "10.0.8.1", 0);
}

static void refused_specific(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, RESPONDER_SAYS, 1);
    finished(story);
}

static void refused_silently(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, RESPONDER_SAYS, -1);
    finished(story);
}

static void failed_in_two_ways(struct story *story)
{
    struct story_flow third = story_flow("10.0.3.1", 40003, "10.0.9.1", 443);
    established(story);
    story_join_syn(story, &peers, &second);
    story_again(story, story->count - 1, false);
    story_join_syn(story, &peers, &third);
    story_strip(story_join_syn_ack(story, &peers, &third));
    story_rst(story, &third, OPENER_SAYS, -1);
    finished(story);
}

/* The last packet comes again, 1 and 3 s after it came first. */
static void repeated(struct story *story)
{
    size_t last = story->count - 1;
    story->now_ns += 1000 * STORY_MS;
    story_again(story, last, false);
    story->now_ns += 2000 * STORY_MS;
    story_again(story, last, false);
}

static void hung_on_syn_ack(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    repeated(story);
    finished(story);
}

static void hung_on_ack(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_join_ack(story, &peers, &second);
    repeated(story);
    finished(story);
}

static void slow_join(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story_join_ack(story, &peers, &second);
    repeated(story);
    story_plain(story, &second, RESPONDER_SAYS, MPTA_TCP_ACK, 0);
    finished(story);
}

static void begun(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    finished(story);
}

/* Silence proves nothing. */
static void half_captured(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_join_syn_ack(story, &peers, &second);
    story->now_ns += 10000 * STORY_MS;
    finished(story);
}

static void reset_unheard(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_rst(story, &second, OPENER_SAYS, 1);
    finished(story);
}

static void cut_join_of(struct story *story)
{
    story_join_syn(story, &peers, &second);
    story_cut(story_join_syn_ack(story, &peers, &second), 4);
    story_cut(story_join_ack(story, &peers, &second), 4);
    story_plain(story, &second, RESPONDER_SAYS, MPTA_TCP_ACK, 0);
    story_fins(story, &peers, &second);
}

static void cut_join(struct story *story)
{
    established(story);
    cut_join_of(story);
    finished(story);
}

static void cut_join_and_refused(struct story *story)
{
    struct story_flow third = story_flow("10.0.3.1", 40003, "10.0.9.1", 443);
    established(story);
    cut_join_of(story);
    story_join_syn(story, &peers, &third);
    story_rst(story, &third, RESPONDER_SAYS, 3);
    finished(story);
}

static void plain_server(struct story *story)
{
    story_syn(story, &peers, &first);
    story_strip(story_syn_ack(story, &peers, &first));
    story_plain(story, &first, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &first, OPENER_SAYS, 100);
    story_fins(story, &peers, &first);
}

static void dead_server(struct story *story)
{
    story_syn(story, &peers, &first);
    story_again(story, 0, false);
    story_again(story, 0, false);
}

static void unheard(struct story *story)
{
    story_syn(story, &peers, &first);
    story_syn_ack(story, &peers, &first);
    story->now_ns += 1000 * STORY_MS;
    story_strip(story_again(story, 0, false));
    story_strip(story_again(story, 1, false));
    story_plain(story, &first, OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(story, &first, OPENER_SAYS, 100);
}

static void hung_handshake(struct story *story)
{
    story_syn(story, &peers, &first);
    story_syn_ack(story, &peers, &first);
    story->now_ns += 3980 * STORY_MS;
    story_again(story, 0, false);
    story_again(story, 1, false);
}

static void closed_port(struct story *story)
{
    story_syn(story, &peers, &first);
    story_rst(story, &first, RESPONDER_SAYS, -1)->segment.seq = 0;
}

static void aborted(struct story *story)
{
    established(story);
    story_fastclose(story, &peers, &first, RESPONDER_SAYS, MPTA_TCP_ACK);
    story_rst(story, &first, OPENER_SAYS, -1);
}

static void lost_a_subflow(struct story *story)
{
    established(story);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 300);
    story_rst(story, &second, RESPONDER_SAYS, 6);
    story_data(story, &peers, &first, OPENER_SAYS, 300);
    finished(story);
}

/* Nothing new is sent after the reset, only what was under way on the subflow. */
static void lost_what_was_sent_again(struct story *story)
{
    established(story);
    story_join(story, &peers, &second);
    uint64_t dsn = peers.dsn[MPTA_CLIENT];
    story_data(story, &peers, &second, OPENER_SAYS, 300);
    story_rst(story, &second, RESPONDER_SAYS, -1);
    peers.dsn[MPTA_CLIENT] = dsn;
    story->now_ns += 300 * STORY_MS;
    story_data(story, &peers, &first, OPENER_SAYS, 300);
    finished(story);
}

/* `from` says that its address with this ID is no more, then the subflow is reset. */
static void removed_and_reset(struct story *story, enum story_from from, uint8_t id)
{
    struct mpta_mptcp_option remove = {
        MPTA_REMOVE_ADDR, .remove_addr = {.count = 1, .address_ids = {id}}
    };
    established(story);
    story_join(story, &peers, &second);
    story_data(story, &peers, &second, OPENER_SAYS, 300);
    story_option(story, &first, from, MPTA_TCP_ACK, 0, remove);
    story_rst(story, &second, RESPONDER_SAYS, 0);
    story_data(story, &peers, &first, OPENER_SAYS, 300);
    finished(story);
}

static void lost_a_removed_address(struct story *story)
{
    removed_and_reset(story, OPENER_SAYS, second.address_id[OPENER_SAYS]);
}

static void lost_while_another_was_removed(struct story *story)
{
    removed_and_reset(story, OPENER_SAYS, 77);
}

static void reset_at_the_end(struct story *story)
{
    established(story);
    story_rst(story, &first, RESPONDER_SAYS, -1);
}

static void late(struct story *story)
{
    one_path(story);
    memmove(story->packets, story->packets + 4, (story->count - 4) * sizeof(story->packets[0]));
    story->count -= 4;
}

static void wrong_answer(struct story *story)
{
    established(story);
    story_join_syn(story, &peers, &second);
    story_spoil(story_join_syn_ack(story, &peers, &second), 6);
    story_rst(story, &second, OPENER_SAYS, 1);
    finished(story);
}

static const struct {
    const char *words;
    void (*tell)(struct story *story);
    const char *sentences[MPTA_SENTENCES_MAX]; /* what each begins with */
    const char *also;                          /* somewhere in them */
} cases[] = {
    {"one path",
     one_path,                       {"Healthy on one subflow (no join and no announced address captured); closed"},
     "Healthy"                                                                            },
    {"two paths",
     two_paths,                      {"Healthy: 2 subflows shared the client's data (subflow 0 25 %, subflow 1 75 %); closed"},
     "closed by DATA_FIN"                                                                 },
    {"two paths, and data that has no place",
     two_paths_and_unmapped,         {"Nothing wrong was captured: 2 subflows shared the client's data (subflow 0 25 %, subflow 1 "
      "75 %); still open"},
     "still open"                                                                         },
    {"two paths that help",
     large_transfer,                 {"Healthy: 2 subflows shared the client's data (subflow 0 67 %, subflow 1 33 %); together "
      "they were 1.4 times as fast as the faster one; closed"},
     "closed by DATA_FIN"                                                                 },
    {"two paths, and too little data to tell",
     small_transfer,                 {"Healthy: 2 subflows shared the client's data (subflow 0 67 %, subflow 1 33 %); closed"},
     "closed by DATA_FIN"                                                                 },
    {"a second path that does not help",
     one_after_the_other,            {"Healthy: 2 subflows shared the client's data (subflow 0 67 %, subflow 1 33 %); "
      "together they were no faster than the faster one; closed"},
     "closed by DATA_FIN"                                                                 },
    {"a second path with hardly any data",
     one_path_had_all,               {"Healthy: 2 subflows shared the client's data (subflow 0 99 %, subflow 1 1 %); closed"},
     "closed by DATA_FIN"                                                                 },
    {"an idle second path",
     idle_second_path,               {"Healthy: 2 subflows, of which subflow 0 carried all data of the client; closed by"},
     "Healthy"                                                                            },
    {"an address that nobody joins",
     announced,                      {"Healthy on one subflow: the server announced 10.0.8.1 (packet "},
     "but no join was captured here (see 'ip mptcp limits' of the client)"                },
    {"a refused join",
     refused,                        {"No second subflow: the join from 10.0.2.1 to 10.0.9.1 was refused by the server (packet 7): "
      "administratively prohibited",
      "It used one subflow; closed by DATA_FIN."},
     "'ip mptcp limits'"                                                                  },
    {"two refused joins",
     refused_twice,                  {"No second subflow: the join from 10.0.2.1", "It used one subflow"},
     "2 joins failed in all"                                                              },
    {"a path that strips options",
     stripped,                       {"No second subflow: the handshake of the join from 10.0.2.1 to 10.0.9.1 goes on without "
      "MP_JOIN (packet 7); something on that path strips",
      "It used one subflow"},
     "strips TCP options"                                                                 },
    {"a join that the client gives up",
     given_up,                       {"No second subflow: the join from 10.0.2.1 to 10.0.9.1 was given up by the client (packet 8)",
      "It used one subflow"},
     "given up"                                                                           },
    {"a wrong HMAC in the answer",
     wrong_answer,                   {"No second subflow: the join from 10.0.2.1 to 10.0.9.1 was answered with a wrong HMAC "
      "(packet 7)",
      "It used one subflow"},
     "an attack"                                                                          },
    {"an unanswered join",
     unanswered,                     {"No second subflow: the SYN of the join from 10.0.2.1 to 10.0.9.1 was never answered "
      "(packet 6)",
      "It used one subflow"},
     "capture at the other end"                                                           },
    {"a join at the end of the capture",
     too_young,                      {"Healthy on one subflow (a join from 10.0.2.1 to 10.0.9.1 (packet "},
     " had only begun); closed"                                                           },
    {"a join whose rest may be missing, with a RST of the client",
     given_up_for_nothing,           {"Nothing wrong was captured on one subflow at least (whether the join from 10.0.2.1 to "
      "10.0.9.1 (packet 6) succeeded cannot be told"},
     "closed by DATA_FIN"                                                                 },
    {"a join with a RST of the server, long after its third ACK",
     reset_late,                     {"Nothing wrong was captured on one subflow at least (whether the join from 10.0.2.1 to "
      "10.0.9.1 (packet 6) succeeded cannot be told"},
     "closed by DATA_FIN"                                                                 },
    {"a SYN that was captured once",
     asked_once,                     {"Nothing wrong was captured on one subflow at least (whether the join from 10.0.2.1 to "
      "10.0.9.1 (packet 6) succeeded cannot be told"},
     "closed by DATA_FIN"                                                                 },
    {"a join with another token",
     stray,                          {"No second subflow: a join from 10.0.2.1 to 10.0.9.1 (packet 6) has the token 0x",
      "It used one subflow; closed by DATA_FIN."},
     "which is not this connection's, and was refused (packet 7); it belongs to another"  },
    {"a join with another token that got no answer",
     stray_unanswered,               {"Healthy on one subflow (a join from 10.0.2.1 to 10.0.9.1 (packet 6) has the token 0x"},
     "which is not this connection's); closed"                                            },
    {"a refused join with another token, and another connection of that server",
     stray_of_two,                   {"Healthy on one subflow (a join from 10.0.2.1 to 10.0.9.1 (packet "},
     "which is not this connection's); closed"                                            },
    {"8 addresses that nobody joins",
     announced_many,                 {"Healthy on one subflow: the server announced 8 addresses, first 10.0.8.1 (packet 6), but"},
     "'ip mptcp limits'"                                                                  },
    {"an address that is not echoed",
     never_echoed,                   {"Healthy on one subflow: the server announced 10.0.8.1 (packet 6), but no echo of it was"},
     "its HMAC was wrong for the client"                                                  },
    {"an address at the end of the capture",
     barely_announced,               {"Healthy on one subflow: the server announced 10.0.8.1 (packet 6), but no echo and no join"},
     "still open"                                                                         },
    {"a join refused for an MPTCP-specific error",
     refused_specific,               {"No second subflow: the join from 10.0.2.1", "It used one subflow"},
     "MPTCP-specific error; its token or HMAC was wrong there, or MP_JOIN was removed"    },
    {"a join refused without a reason",
     refused_silently,               {"No second subflow: the join from 10.0.2.1", "It used one subflow"},
     "a RST without a reason; check 'ip mptcp limits' and the firewall there, and compare"},
    {"one join unanswered, one stripped",
     failed_in_two_ways,             {"No second subflow: the handshake of the join from 10.0.3.1", "It used one subflow"},
     "; 2 joins failed in all: 1 stripped of MP_JOIN, 1 unanswered."                      },
    {"a SYN/ACK that comes again and again",
     hung_on_syn_ack,                {"No second subflow: the join from 10.0.2.1 to 10.0.9.1 hung: its SYN/ACK (packet 7) was "
      "repeated for 3 s and not confirmed",
      "It used one subflow"},
     "capture at the client"                                                              },
    {"a third ACK that comes again and again",
     hung_on_ack,                    {"No second subflow: the join from 10.0.2.1 to 10.0.9.1 hung: its third ACK (packet 8) was "
      "repeated for 3 s and not answered",
      "It used one subflow"},
     "capture at the server"                                                              },
    {"a third ACK that is confirmed in the end",
     slow_join,                      {"Healthy: 2 subflows, of which subflow 0 carried all data of the client; closed"},
     "Healthy"                                                                            },
    {"a handshake that goes on after the capture",
     begun,                          {"Healthy on one subflow (a join from 10.0.2.1 to 10.0.9.1 (packet "},
     " had only begun); closed"                                                           },
    {"a SYN/ACK that is missing, and what answers it",
     reset_unheard,                  {"Nothing wrong was captured on one subflow at least (whether the join from 10.0.2.1 to "
      "10.0.9.1 "
      "(packet 6) succeeded cannot be told: not all of"},
     "closed by DATA_FIN"                                                                 },
    {"a handshake of which the rest is missing",
     half_captured,                  {"Nothing wrong was captured on one subflow at least (whether the join from 10.0.2.1 to "
      "10.0.9.1 (packet 6) succeeded cannot be told: not all of"},
     "closed by DATA_FIN"                                                                 },
    {"a join whose options were cut",
     cut_join,                       {"Nothing wrong was captured on one subflow at least (whether the join from 10.0.2.1 to "
      "10.0.9.1 (packet 6) succeeded cannot be told: options were cut by the snap length); closed"},
     "cut"                                                                                },
    {"a refused join beside one whose options were cut",
     cut_join_and_refused,           {"A join failed: the join from 10.0.3.1", "It used one subflow at least (whether the join"},
     "was refused by the server"                                                          },
    {"a server without MPTCP",
     plain_server,                   {"Fell back to TCP: the SYN/ACK (packet 2) carries no MP_CAPABLE; the server does not speak",
      "It went on as plain TCP; closed by FIN."},
     "capture at the server"                                                              },
    {"a server that is not there",
     dead_server,                    {"The SYN, sent 3 times, was never answered as long as the capture goes (packet 1)"},
     "try plain TCP"                                                                      },
    {"answers that do not get back",
     unheard,                        {"Fell back to TCP: the server answered with MP_CAPABLE (packet 2), but the client repeated "
      "its "
      "SYN without (packet 3)",
      "It went on as plain TCP"},
     "something on the way back drops"                                                    },
    {"answers that never get back",
     hung_handshake,                 {"The server answered, but the client repeated its SYN, as if it had no answer: 4.0 s (3 s "
      "or"},
     "Next: capture at the client"                                                        },
    {"a closed port",
     closed_port,                    {"The server refused the connection by a RST (packet 2)"},
     "whether a server listens"                                                           },
    {"an abort",
     aborted,                        {"The server aborted the connection by MP_FASTCLOSE (packet 6)",
      "It used one subflow; aborted."},
     "see why its application did"                                                        },
    {"a subflow reset in between",
     lost_a_subflow,                 {"The server reset subflow 1 (packet 11): middlebox interference; the connection went on "
      "without it.",
      "2 subflows shared"},
     "closed by DATA_FIN"                                                                 },
    {"a subflow reset with data under way",
     lost_what_was_sent_again,       {"The server reset subflow 1 (packet 11): no reason given; the connection went on "
      "without it. Next: ",
      "2 subflows shared the client's data (subflow 0 25 %, subflow 1 75 %), with 1 hand-over: "
      "where one path fell silent or was reset, another carried on"},
     "closed by DATA_FIN"                                                                 },
    {"a reset of what was removed",
     lost_a_removed_address,         {"The server reset subflow 1 (packet 12): unspecified error, after the client had removed its "
      "address by REMOVE_ADDR (packet 11); the connection went on without it.",
      "2 subflows shared"},
     "closed by DATA_FIN"                                                                 },
    {"a reset, and another removal",
     lost_while_another_was_removed, {"The server reset subflow 1 (packet 12): unspecified error; the connection went on "
      "without it.",
      "2 subflows shared"},
     "closed by DATA_FIN"                                                                 },
    {"a reset at the end",
     reset_at_the_end,               {"The server reset subflow 0 (packet 6): no reason given.", "It used one subflow; reset."},
     "no reason"                                                                          },
    {"a late capture",
     late,                           {"Nothing wrong was captured on one subflow"},
     "nothing can be verified without a key (--key, or Wireshark's preference Keys)."     },
};

static bool verdict_is(const struct mpta_sentence *sentences, size_t count, size_t which)
{
    char all[MPTA_SENTENCES_MAX * MPTA_SENTENCE_TEXT_MAX] = "";
    for (size_t i = 0; i < MPTA_SENTENCES_MAX; i++) {
        const char *expected = cases[which].sentences[i];
        if ((i < count) != (expected != NULL))
            return false;
        if (i < count && strncmp(sentences[i].text, expected, strlen(expected)) != 0)
            return false;
        if (i < count)
            strcat(all, sentences[i].text);
    }
    return strstr(all, cases[which].also) != NULL;
}

static void each_story_has_its_verdict(void **state)
{
    (void)state;
    static struct story story;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
        begin(&story);
        cases[i].tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        size_t count = mpta_tracker_verdict(tracker, 0, NULL, sentences);
        if (!verdict_is(sentences, count, i))
            fail_msg("%s: %zu sentences: %s %s %s", cases[i].words, count, sentences[0].text,
                     count > 1 ? sentences[1].text : "", count > 2 ? sentences[2].text : "");
        mpta_tracker_free(tracker);
    }
}

static void packets_are_named_with_their_capture(void **state)
{
    (void)state;
    static struct story story;
    static const char *const names[] = {"wifi.pcap"};
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    begin(&story);
    refused(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_true(mpta_tracker_verdict(tracker, 0, names, sentences) > 0);
    assert_non_null(strstr(sentences[0].text, "(packet 7 of wifi.pcap)"));
    assert_int_equal(mpta_tracker_verdict(tracker, 1, names, sentences), 0);
    mpta_tracker_free(tracker);
}

static void a_sentence_is_as_severe_as_what_it_tells(void **state)
{
    (void)state;
    static struct story story;
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    begin(&story);
    wrong_answer(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(mpta_tracker_verdict(tracker, 0, NULL, sentences), 2);
    assert_int_equal(sentences[0].severity, MPTA_ERROR);
    assert_string_equal(sentences[0].kind->id, "join-hmac-synack");
    assert_int_equal(sentences[0].place_count, 1);
    assert_int_equal(sentences[0].places[0].packet, 7);
    assert_null(sentences[1].kind);
    assert_int_equal(sentences[1].severity, MPTA_NOTE);
    mpta_tracker_free(tracker);
}

static void a_long_name_is_cut(void **state)
{
    (void)state;
    static struct story story;
    static char name[2 * MPTA_SENTENCE_TEXT_MAX];
    const char *const names[] = {memset(name, 'n', sizeof(name) - 1)};
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    begin(&story);
    refused(&story);
    struct mpta_tracker *tracker = story_tell(&story);
    assert_int_equal(mpta_tracker_verdict(tracker, 0, names, sentences), 2);
    assert_int_equal(strlen(sentences[0].text), MPTA_SENTENCE_TEXT_MAX - 1);
    mpta_tracker_free(tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_story_has_its_verdict),
        cmocka_unit_test(packets_are_named_with_their_capture),
        cmocka_unit_test(a_sentence_is_as_severe_as_what_it_tells),
        cmocka_unit_test(a_long_name_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
