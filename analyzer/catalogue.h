/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The catalogue of findings: one row each, from which names, JSON and documents are made.
 *
 * X(name, id, severity, RFC section or NULL, kernel counter or NULL, meaning)
 *
 * A finding of error severity may be made only where no set of lost packets could explain what was
 * seen.
 */
#ifndef ANALYZER_CATALOGUE_H
#define ANALYZER_CATALOGUE_H

#define FINDING_CATALOGUE(X)                                                                       \
    X(OPTION_OVERRUN, "option-overrun", ERROR, "RFC 9293 3.1", NULL,                               \
      "a TCP option's length is below 2 or reaches past the option area")                          \
    X(OPTION_LENGTH_ILLEGAL, "option-length-illegal", ERROR, "RFC 8684 3", NULL,                   \
      "an MPTCP option has a length that no form of its subtype and version has")                  \
    X(OPTION_SUBTYPE_UNKNOWN, "option-subtype-unknown", NOTE, "RFC 8684 7", NULL,                  \
      "an MPTCP option of a subtype that is unassigned or experimental")                           \
    X(FALLBACK_SYNACK, "fallback-synack", NOTE, "RFC 8684 3.7", "MPCapableFallbackSYNACK",         \
      "MP_CAPABLE in the SYN, none in the SYN/ACK: not supported, or stripped on the way")         \
    X(FALLBACK_ACK, "fallback-ack", WARNING, "RFC 8684 3.7", "MPCapableFallbackACK",               \
      "MP_CAPABLE in SYN and SYN/ACK, then none in the third ACK")                                 \
    X(FALLBACK_DSS, "fallback-dss", WARNING, "RFC 8684 3.7", "DssFallback",                        \
      "DSS vanishes from data while the first subflow is the only one")                            \
    X(FALLBACK_INFINITE, "fallback-infinite", WARNING, "RFC 8684 3.7", "InfiniteMapRx",            \
      "an infinite mapping ended the use of MPTCP")                                                \
    X(FALLBACK_MP_FAIL, "fallback-mp-fail", ERROR, "RFC 8684 3.7", "MPFailRx",                     \
      "MP_FAIL: a host saw a data-level checksum fail")                                            \
    X(FALLBACK_BLACKHOLE, "fallback-blackhole", WARNING, NULL, "MPCapableSYNTXDrop",               \
      "a SYN was repeated without MP_CAPABLE after tries with it went unanswered")                 \
    X(VERSION_MISMATCH, "version-mismatch", WARNING, "RFC 8684 3.1", NULL,                         \
      "the SYN/ACK answers with another version than the SYN offered")                             \
    X(CHECKSUM_ASYMMETRIC, "checksum-asymmetric", NOTE, "RFC 8684 3.1", NULL,                      \
      "one side asked for checksums; both must use them")                                          \
    X(KEY_ECHO_MISMATCH, "key-echo-mismatch", WARNING, "RFC 8684 3.1", NULL,                       \
      "a key echoed in the third ACK differs from the one that was sent")                          \
    X(KEY_CHANGED, "key-changed", ERROR, "RFC 8684 3.1", NULL,                                     \
      "another key in a repeated handshake packet")                                                \
    X(TOKEN_COLLISION, "token-collision", WARNING, "RFC 8684 3.1", NULL,                           \
      "two live connections of one host have the same token")                                      \
    X(HANDSHAKE_NOT_CAPTURED, "handshake-not-captured", NOTE, NULL, NULL,                          \
      "the capture begins after the handshake: keys are unknown")                                  \
    X(JOIN_TOKEN_UNKNOWN, "join-token-unknown", WARNING, "RFC 8684 3.2", "MPJoinNoTokenFound",     \
      "a join whose token belongs to no connection that was seen")                                 \
    X(JOIN_HMAC_SYNACK, "join-hmac-synack", ERROR, "RFC 8684 3.2", "MPJoinSynAckHMacFailure",      \
      "the HMAC in the SYN/ACK of a join is wrong")                                                \
    X(JOIN_HMAC_ACK, "join-hmac-ack", ERROR, "RFC 8684 3.2", "MPJoinAckHMacFailure",               \
      "the HMAC in the third ACK of a join is wrong")                                              \
    X(JOIN_REFUSED, "join-refused", WARNING, "RFC 8684 3.2", NULL,                                 \
      "a join was answered by a RST before it was established")                                    \
    X(JOIN_UNANSWERED, "join-unanswered", WARNING, "RFC 8684 3.2", NULL,                           \
      "the SYN of a join was never answered")                                                      \
    X(JOIN_STRIPPED, "join-stripped", WARNING, "RFC 8684 3.2", NULL,                               \
      "the SYN/ACK or ACK of a join carries no MP_JOIN: a middlebox on that path")                 \
    X(ADDADDR_HMAC, "addaddr-hmac", ERROR, "RFC 8684 3.4.1", NULL,                                 \
      "the HMAC of an ADD_ADDR is wrong")                                                          \
    X(ADDADDR_HMAC_PRESENCE, "addaddr-hmac-presence", ERROR, "RFC 8684 3.4.1", NULL,               \
      "an announcement without HMAC, or an echo with one")                                         \
    X(DSS_CHECKSUM, "dss-checksum", ERROR, "RFC 8684 3.3", "DataCsumErr",                          \
      "a data-level checksum is wrong: the payload was changed on the way")                        \
    X(PAYLOAD_ALTERED, "payload-altered", ERROR, NULL, NULL,                                       \
      "a packet has other payload at another capture point: it was changed in between")            \
    X(MAPPING_CONTRADICTION, "mapping-contradiction", ERROR, "RFC 8684 3.3.1", "DSSNotMatching",   \
      "the same subflow bytes are mapped to two places of the data stream")                        \
    X(FASTCLOSE_KEY, "fastclose-key", ERROR, "RFC 8684 3.5", NULL,                                 \
      "MP_FASTCLOSE with a wrong key: injected")                                                   \
    X(FASTCLOSE, "fastclose", NOTE, "RFC 8684 3.5", NULL, "a host aborted the connection")         \
    X(SUBFLOW_RESET, "subflow-reset", NOTE, "RFC 8684 3.6", NULL, "a subflow was reset")           \
    X(RESET_REASON_UNKNOWN, "reset-reason-unknown", WARNING, "RFC 8684 3.6", NULL,                 \
      "MP_TCPRST with a reason that RFC 8684 does not define")

#define FINDING_ENUM(name, id, severity, rfc, counter, meaning) FINDING_##name,
enum finding_id { FINDING_CATALOGUE(FINDING_ENUM) FINDING_COUNT };
#undef FINDING_ENUM

#endif
