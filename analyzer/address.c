/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses that hosts announce, echo and withdraw, RFC 8684 section 3.4, and the HMAC that
 * protects an announcement in version 1.
 */
#include "analyzer/array.h"
#include "analyzer/connection.h"

/* So many records of a connection are kept; what comes after them is judged and forgotten. */
#define ADDRESS_RECORDS_MAX 65536
/* So many are verified anew when a key becomes known, the newest ones. */
#define ADDRESS_REVERIFIED_MAX 1024

/* Keeps a record; returns where it lies now, or NULL if there is no memory. */
static struct address_record *address_keep(struct connection *connection,
                                           struct address_record *record)
{
    if (connection->address_count == ADDRESS_RECORDS_MAX)
        return record;
    struct address_record *records = array_reserve(connection->addresses, connection->address_count,
                                                   &connection->address_capacity, sizeof(*records));
    if (!records)
        return NULL;
    connection->addresses = records;
    records[connection->address_count] = *record;
    return &records[connection->address_count++];
}

struct occurrence address_occurrence(enum finding_id id, const struct address_record *record)
{
    return (struct occurrence){
        .id = id,
        .at = record->at,
        .subflow = record->subflow,
        .by = doer_of(record->by),
    };
}

static bool address_report_hmac(struct connection *connection, const struct address_record *record,
                                uint64_t announcer_key, uint64_t peer_key)
{
    const char *variant = mpta_add_addr_hmac_variant(announcer_key, peer_key, &record->add_addr);
    const struct occurrence wrong = address_occurrence(FINDING_ADDADDR_HMAC, record);
    return finding_add(&connection->findings, &wrong,
                       "the HMAC of ADD_ADDR with address ID %u is wrong%s%s",
                       record->add_addr.address_id, variant ? ": " : "", variant ? variant : "");
}

bool address_hmac(const struct connection *connection, const struct address_record *record,
                  uint64_t *hmac)
{
    if (record->hmac == MPTA_ABSENT || !connection_has_keys(connection))
        return false;
    *hmac = mpta_add_addr_hmac(connection->identities[record->by].key,
                               connection->identities[!record->by].key, &record->add_addr);
    return true;
}

/* Verifies one announcement, if it carries an HMAC and the keys are known. */
static bool address_verify(struct connection *connection, struct address_record *record)
{
    if (record->hmac != MPTA_UNVERIFIABLE || !connection_has_keys(connection))
        return true;
    uint64_t announcer_key = connection->identities[record->by].key;
    uint64_t peer_key = connection->identities[!record->by].key;
    uint64_t expected = mpta_add_addr_hmac(announcer_key, peer_key, &record->add_addr);
    /* Behind a gap in the capture this may be another connection, on the same ports. */
    if (expected != record->add_addr.hmac &&
        (!record->gapless || !connection_keys_are_certain(connection)))
        return true;
    connection->awake->add_addr_hmac.unverifiable--;
    if (expected == record->add_addr.hmac) {
        record->hmac = MPTA_VALID;
        connection->awake->add_addr_hmac.valid++;
        return true;
    }
    record->hmac = MPTA_INVALID;
    connection->awake->add_addr_hmac.invalid++;
    return address_report_hmac(connection, record, announcer_key, peer_key);
}

bool address_verify_all(struct connection *connection)
{
    size_t count = connection->address_count;
    for (size_t i = count > ADDRESS_REVERIFIED_MAX ? count - ADDRESS_REVERIFIED_MAX : 0; i < count;
         i++) {
        if (!address_verify(connection, &connection->addresses[i]))
            return false;
    }
    return true;
}

/* In version 1 an announcement carries an HMAC and an echo does not; version 0 knows neither. */
static bool address_check_presence(struct connection *connection,
                                   const struct address_record *record)
{
    bool announced = record->op == MPTA_ADDRESS_ADD;
    if (connection->version != 1 || record->add_addr.has_hmac == announced)
        return true;
    const struct occurrence wrong = address_occurrence(FINDING_ADDADDR_HMAC_PRESENCE, record);
    return finding_add_as(&connection->findings, record->gapless ? MPTA_ERROR : MPTA_WARNING,
                          &wrong,
                          announced ? "ADD_ADDR with address ID %u carries no HMAC%s"
                                    : "the echo of address ID %u carries an HMAC%s",
                          record->add_addr.address_id,
                          record->gapless ? ""
                                          : ", unless a connection of version 0 has begun on "
                                            "these ports that was not captured");
}

static bool address_take_add(struct connection *connection, struct address_record *record,
                             const struct mpta_add_addr *add_addr)
{
    bool echo = add_addr->echo && connection->version != 0;
    record->op = echo ? MPTA_ADDRESS_ECHO : MPTA_ADDRESS_ADD;
    /* What an HMAC in an echo should be is not defined; that it is there is a finding. */
    record->hmac = add_addr->has_hmac && !echo ? MPTA_UNVERIFIABLE : MPTA_ABSENT;
    record->add_addr = *add_addr;
    record = address_keep(connection, record);
    if (!record)
        return false;
    connection->awake->add_addr_hmac.unverifiable += record->hmac == MPTA_UNVERIFIABLE;
    return address_check_presence(connection, record) && address_verify(connection, record);
}

static bool address_take_remove(struct connection *connection, struct address_record *record,
                                const struct mpta_remove_addr *remove_addr)
{
    for (uint8_t i = 0; i < remove_addr->count; i++) {
        record->op = MPTA_ADDRESS_REMOVE;
        record->add_addr.address_id = remove_addr->address_ids[i];
        if (!address_keep(connection, record))
            return false;
    }
    return true;
}

bool address_take(struct connection *connection, const struct address_record *carrier,
                  const struct mpta_mptcp_option *option)
{
    struct address_record record = *carrier;
    if (option->subtype == MPTA_ADD_ADDR)
        return address_take_add(connection, &record, &option->add_addr);
    return address_take_remove(connection, &record, &option->remove_addr);
}
