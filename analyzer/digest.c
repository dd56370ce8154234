/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is told of a connection rests on its packets, its address options, its findings and what
 * could be verified. Nothing of these is ever taken back, so that their counts tell whether there
 * is more of them. Parts are added up: their order does not matter.
 */
#include "analyzer/digest.h"

#include "analyzer/connection.h"
#include "analyzer/siphash.h"

/* Words that make one part, and what kind of part it is. */
struct part {
    enum {
        PART_WHOLE,
        PART_STREAM,
        PART_SUBFLOW,
        PART_FINDING,
    } kind;
    uint64_t words[5];
};

static uint64_t part_hash(const uint8_t key[16], const struct part *part)
{
    uint64_t words[] = {(uint64_t)part->kind, part->words[0], part->words[1],
                        part->words[2],       part->words[3], part->words[4]};
    return siphash(key, words, sizeof(words));
}

static uint64_t whole_hash(const uint8_t key[16], const struct connection *connection)
{
    const struct mpta_verdict_counts *hmacs = &connection->awake->add_addr_hmac;
    const struct part part = {
        PART_WHOLE,
        {connection->address_count, hmacs->valid, hmacs->invalid, hmacs->unverifiable,
          connection->key_source},
    };
    return part_hash(key, &part);
}

static uint64_t stream_hash(const uint8_t key[16], const struct connection *connection,
                            enum mpta_side side)
{
    const struct mpta_verdict_counts *checksums = &connection->streams[side].checksums;
    const struct part part = {
        PART_STREAM,
        {side, checksums->valid, checksums->invalid, checksums->unverifiable,
          connection->identities[side].known},
    };
    return part_hash(key, &part);
}

static uint64_t subflow_hash(const uint8_t key[16], const struct subflow *subflow)
{
    const struct joining *join = subflow_joining(subflow);
    const struct part part = {
        PART_SUBFLOW,
        {subflow->id, subflow->halves[OPENER].packets, subflow->halves[RESPONDER].packets,
          subflow->state, (uint64_t)join->syn_ack_verdict << 8 | join->ack_verdict},
    };
    return part_hash(key, &part);
}

static uint64_t finding_hash(const uint8_t key[16], const struct finding *finding)
{
    const struct part part = {
        PART_FINDING,
        {finding->id, finding->variant, finding->severity, finding->count},
    };
    return part_hash(key, &part);
}

uint64_t digest_of(const uint8_t key[16], const struct connection *connection)
{
    uint64_t digest = whole_hash(key, connection) + stream_hash(key, connection, MPTA_CLIENT) +
                      stream_hash(key, connection, MPTA_SERVER);
    for (size_t i = 0; i < connection->subflow_count; i++)
        digest += subflow_hash(key, connection->subflows[i]);
    for (size_t i = 0; i < connection->findings.count; i++)
        digest += finding_hash(key, &connection->findings.items[i]);
    return digest;
}
