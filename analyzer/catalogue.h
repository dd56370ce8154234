/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The catalogue of findings: one row each, from which names, JSON, text and documents are made.
 *
 * X(name, id, group, severity, evidence, RFC section or NULL, kernel counter or NULL,
 *   meaning in one line, what to check next)
 *
 * A finding whose evidence is proven may be made only where no set of lost packets could explain
 * what was seen; with less it is made milder, or not at all. A heuristic names its threshold in its
 * message.
 */
#ifndef ANALYZER_CATALOGUE_H
#define ANALYZER_CATALOGUE_H

#define FINDING_CATALOGUE(X)                                                                       \
    X(OPTION_OVERRUN, "option-overrun", OPTIONS, ERROR, PROVEN, "RFC 9293 3.1", NULL,              \
      "a TCP option has a length below 2, or one that reaches past the option area",               \
      "look at the octets with -v; compare with a capture at the sender: it or a "                 \
      "middlebox is broken")                                                                       \
    X(OPTION_LENGTH_ILLEGAL, "option-length-illegal", OPTIONS, ERROR, PROVEN, "RFC 8684 3", NULL,  \
      "an MPTCP option has a length that no form of its subtype and version has",                  \
      "look at the octets with -v; compare with a capture at the sender: it or a "                 \
      "middlebox is broken")                                                                       \
    X(OPTION_SUBTYPE_UNKNOWN, "option-subtype-unknown", OPTIONS, NOTE, PROVEN, "RFC 8684 7", NULL, \
      "an MPTCP option of a subtype that is unassigned or experimental",                           \
      "find out which stack sent it; receivers skip it")                                           \
    X(OPTION_DSS_REPEATED, "option-dss-repeated", OPTIONS, ERROR, PROVEN, "RFC 8684 3.3", NULL,    \
      "one subtype comes twice in a segment with different content, or a malformed DSS "           \
      "precedes another mapping",                                                                  \
      "update the receiver: kernels have mistaken such segments (CVE-2026-80586); find "           \
      "out who made it")                                                                           \
    X(OPTION_EXCLUSIVE_PAIR, "option-exclusive-pair", OPTIONS, ERROR, PROVEN, "RFC 8684 3", NULL,  \
      "a segment carries two subtypes that exclude each other",                                    \
      "update the receiver: kernels have mistaken such segments (CVE-2026-80587); find "           \
      "out who made it")                                                                           \
    X(OPTION_WRONG_SEGMENT, "option-wrong-segment", OPTIONS, ERROR, PROVEN, "RFC 8684 3", NULL,    \
      "an MPTCP option on a segment whose flags or handshake stage forbid it",                     \
      "compare with a capture at the sender: a middlebox may have moved the option")               \
    X(OPTION_RESERVED_BITS, "option-reserved-bits", OPTIONS, NOTE, PROVEN, "RFC 8684 3", NULL,     \
      "reserved bits of an MPTCP option are set",                                                  \
      "nothing, unless the peer refuses it: receivers must ignore these bits")                     \
    X(OPTION_DATA_AFTER_EOL, "option-data-after-eol", OPTIONS, NOTE, PROVEN, "RFC 9293 3.1", NULL, \
      "octets that are not zero follow the end of the option list",                                \
      "nothing, unless options are missed: what follows the end is padding")                       \
    X(OPTIONS_ALTERED, "options-altered", OPTIONS, ERROR, PROVEN, NULL, NULL,                      \
      "a packet has other MPTCP options at another capture point: they were removed or "           \
      "changed in between",                                                                        \
      "look for the middlebox that does it between the two capture points")                        \
    X(FALLBACK_SYNACK, "fallback-synack", HANDSHAKE, NOTE, PROVEN, "RFC 8684 3.7",                 \
      "MPCapableFallbackSYNACK",                                                                   \
      "MP_CAPABLE in the SYN, none in the SYN/ACK: not supported, or stripped on the way",         \
      "capture at the server: if MP_CAPABLE arrives there, the server does not speak "             \
      "MPTCP, else a middlebox removes it")                                                        \
    X(FALLBACK_ACK, "fallback-ack", HANDSHAKE, WARNING, PROVEN, "RFC 8684 3.7",                    \
      "MPCapableFallbackACK",                                                                      \
      "MP_CAPABLE in SYN and SYN/ACK, then none in the third ACK nor the first data",              \
      "capture at the client: if the SYN/ACK has no MP_CAPABLE there, a middlebox removes it "     \
      "from that, else from packets without SYN")                                                  \
    X(FALLBACK_DSS, "fallback-dss", HANDSHAKE, WARNING, PROVEN, "RFC 8684 3.7",                    \
      "MPCapableDataFallback, DssFallback",                                                        \
      "DSS vanishes from data while the first subflow is the only one",                            \
      "capture at both ends: if the sender has DSS and the receiver not, a middlebox "             \
      "removes it")                                                                                \
    X(FALLBACK_INFINITE, "fallback-infinite", HANDSHAKE, WARNING, PROVEN, "RFC 8684 3.7",          \
      "InfiniteMapRx", "an infinite mapping ended the use of MPTCP",                               \
      "look for MP_FAIL or missing DSS before it; its sender gave up MPTCP")                       \
    X(FALLBACK_MP_FAIL, "fallback-mp-fail", HANDSHAKE, ERROR, PROVEN, "RFC 8684 3.7", "MPFailRx",  \
      "MP_FAIL: a host saw a data-level checksum fail",                                            \
      "find the middlebox that changes payload on this path: capture before and behind it "        \
      "and compare")                                                                               \
    X(FALLBACK_IGNORED, "fallback-ignored", HANDSHAKE, WARNING, PROVEN, "RFC 8684 3.7", NULL,      \
      "MP_FAIL or an infinite mapping, after which data is mapped and acknowledged as before",     \
      "compare with a capture at its sender: if it is not there, something on the path forged "    \
      "it, else one of the hosts ignores it")                                                      \
    X(SYN_UNANSWERED, "syn-unanswered", HANDSHAKE, WARNING, HEURISTIC, NULL, NULL,                 \
      "the SYN of the connection was sent again and never answered",                               \
      "try plain TCP to the same port: if that works, something drops SYNs with MP_CAPABLE; if "   \
      "not, the server is not reachable")                                                          \
    X(HANDSHAKE_HUNG, "handshake-hung", HANDSHAKE, WARNING, HEURISTIC, NULL, NULL,                 \
      "the SYN of the connection was answered, but SYN or SYN/ACK came again for 3 s or more",     \
      "capture at the client: if the SYN/ACKs do not arrive there, something on the way back "     \
      "drops them; if they do, look at its firewall, and for its third ACK at the server")         \
    X(CONNECTION_REFUSED, "connection-refused", HANDSHAKE, WARNING, PROVEN, NULL, NULL,            \
      "the SYN of the connection was answered by a RST",                                           \
      "see whether a server listens on that port, and whether a firewall answers for it")          \
    X(SYN_FLOOD, "syn-flood", HANDSHAKE, WARNING, HEURISTIC, "RFC 7430 3", NULL,                   \
      "many half-open connections to one host: SYNs with MP_CAPABLE that came to nothing",         \
      "see who sends them and whether that host is up: SYN cookies and a limit at the firewall "   \
      "help against a flood")                                                                      \
    X(FALLBACK_BLACKHOLE, "fallback-blackhole", HANDSHAKE, WARNING, PROVEN, NULL,                  \
      "MPCapableSYNTXDrop",                                                                        \
      "a SYN was repeated without MP_CAPABLE after tries with it went unanswered",                 \
      "something on the path drops SYNs with MP_CAPABLE, or the server was not reachable: "        \
      "try plain TCP")                                                                             \
    X(MAPPING_AFTER_FALLBACK, "mapping-after-fallback", HANDSHAKE, ERROR, PROVEN, "RFC 8684 3.7",  \
      NULL, "a mapping after an infinite mapping",                                                 \
      "its sender breaks RFC 8684 section 3.7: report it with the version of its stack")           \
    X(INFINITE_WITH_SUBFLOWS, "infinite-with-subflows", HANDSHAKE, ERROR, PROVEN, "RFC 8684 3.7",  \
      NULL, "an infinite mapping while more than one subflow lives",                               \
      "its sender breaks RFC 8684 section 3.7: report it with the version of its stack")           \
    X(VERSION_MISMATCH, "version-mismatch", HANDSHAKE, WARNING, PROVEN, "RFC 8684 3.1", NULL,      \
      "the SYN/ACK answers with a version that was not offered",                                   \
      "find out which versions both ends speak: version 0 (RFC 6824) and 1 (RFC 8684) do "         \
      "not interoperate")                                                                          \
    X(ALGORITHM_MISSING, "algorithm-missing", HANDSHAKE, WARNING, PROVEN, "RFC 8684 3.1", NULL,    \
      "MP_CAPABLE names no usable cryptographic algorithm",                                        \
      "its sender is broken or its flags were changed on the way: the peer must answer "           \
      "without MP_CAPABLE")                                                                        \
    X(CHECKSUM_ASYMMETRIC, "checksum-asymmetric", HANDSHAKE, NOTE, PROVEN, "RFC 8684 3.1", NULL,   \
      "one side asked for checksums; both must use them",                                          \
      "nothing; on Linux net.mptcp.checksum_enabled of that side asks for them")                   \
    X(KEY_ECHO_MISMATCH, "key-echo-mismatch", HANDSHAKE, ERROR, PROVEN, "RFC 8684 3.1", NULL,      \
      "a key that the client echoes differs from the one that it echoed before; a warning where "  \
      "it differs from the SYN/ACK's alone, for a server with SYN cookies may have sent another "  \
      "one that was not captured",                                                                 \
      "capture at both ends: something changes keys on the way, or a SYN/ACK was not "             \
      "captured")                                                                                  \
    X(KEY_CHANGED, "key-changed", HANDSHAKE, ERROR, PROVEN, "RFC 8684 3.1", NULL,                  \
      "another key in a repeated handshake packet; a note where it is the SYN/ACK, for a server "  \
      "with SYN cookies draws a key for each SYN",                                                 \
      "compare with a capture at its sender: an attack, or two hosts that answer for one "         \
      "address")                                                                                   \
    X(KEY_WEAK, "key-weak", HANDSHAKE, ERROR, PROVEN, "RFC 8684 5", NULL,                          \
      "a key that can be guessed: zero, used twice, or one of a regular series",                   \
      "update the stack of that host: whoever guesses its keys can join and take over its "        \
      "connections")                                                                               \
    X(IDSN_MISMATCH, "idsn-mismatch", HANDSHAKE, WARNING, PROVEN_BY_KEY, "RFC 8684 3.1", NULL,     \
      "the first DSN is not the key's IDSN + 1",                                                   \
      "compare with a capture at the sender; the receiver will not take this data")                \
    X(TOKEN_COLLISION, "token-collision", HANDSHAKE, WARNING, PROVEN_BY_KEY, "RFC 8684 3.1", NULL, \
      "two live connections of one host have the same token",                                      \
      "nothing if it is rare: one in 4 billion; often, its stack makes weak keys")                 \
    X(HANDSHAKE_NOT_CAPTURED, "handshake-not-captured", HANDSHAKE, NOTE, PROVEN, NULL, NULL,       \
      "the capture begins after the handshake: keys are unknown",                                  \
      "start the capture before the connection, or give a key (--key, or Wireshark's preference "  \
      "Keys)")                                                                                     \
    X(JOIN_TOKEN_UNKNOWN, "join-token-unknown", JOINS, WARNING, PROVEN, "RFC 8684 3.2",            \
      "MPJoinNoTokenFound", "a join whose token belongs to no connection that was seen",           \
      "capture from the beginning of the connection and on all interfaces; behind a load "         \
      "balancer check that joins reach the same server")                                           \
    X(JOIN_HMAC_SYNACK, "join-hmac-synack", JOINS, ERROR, PROVEN_BY_KEY, "RFC 8684 3.2",           \
      "MPJoinSynAckHMacFailure", "the HMAC in the SYN/ACK of a join is wrong",                     \
      "the answering host does not hold the key (another server, an attack), or the "              \
      "packet was changed on the way")                                                             \
    X(JOIN_HMAC_ACK, "join-hmac-ack", JOINS, ERROR, PROVEN_BY_KEY, "RFC 8684 3.2",                 \
      "MPJoinAckHMacFailure", "the HMAC in the third ACK of a join is wrong",                      \
      "the joining host does not hold the key (an attack), or the packet was changed on "          \
      "the way")                                                                                   \
    X(JOIN_REFUSED, "join-refused", JOINS, WARNING, PROVEN, "RFC 8684 3.2", NULL,                  \
      "a join was answered by a RST before it was established",                                    \
      "look at the reason; on Linux check 'ip mptcp limits' and the firewall of the host "         \
      "that refused it")                                                                           \
    X(JOIN_UNANSWERED, "join-unanswered", JOINS, WARNING, PROVEN, "RFC 8684 3.2", NULL,            \
      "the SYN of a join was sent again and never answered; a note where it was captured once",    \
      "capture at the other end: if the SYN arrives, look at its firewall and routes, "            \
      "else at the path")                                                                          \
    X(JOIN_HUNG, "join-hung", JOINS, WARNING, HEURISTIC, "RFC 8684 3.2", NULL,                     \
      "the SYN/ACK or third ACK of a join was repeated for 3 s or more, and never answered",       \
      "capture at the end that does not answer: it, or what it answers, is lost on that path")     \
    X(JOIN_STRIPPED, "join-stripped", JOINS, WARNING, PROVEN, "RFC 8684 3.2", NULL,                \
      "the SYN/ACK or ACK of a join carries no MP_JOIN: a middlebox on that path",                 \
      "capture on both sides of the middleboxes of that path: one removes TCP options")            \
    X(JOIN_REPLAY, "join-replay", JOINS, ERROR, PROVEN, "RFC 7430 6", NULL,                        \
      "one token and nonce from different sources",                                                \
      "somebody who sees the path may repeat joins from elsewhere: look who owns the "             \
      "second address")                                                                            \
    X(JOIN_NONCE_REUSE, "join-nonce-reuse", JOINS, WARNING, PROVEN, "RFC 8684 3.2", NULL,          \
      "a host uses one nonce in two joins, or zero",                                               \
      "update the stack of that host: nonces must be random, else joins can be replayed")          \
    X(JOIN_DESPITE_C, "join-despite-c", JOINS, WARNING, PROVEN, "RFC 8684 3.1", NULL,              \
      "a join to the initial address and port although flag C forbade it",                         \
      "the joining host ignores flag C: behind a load balancer such joins reach the wrong "        \
      "server")                                                                                    \
    X(JOIN_ADDRESS_ID, "join-address-id", JOINS, WARNING, PROVEN, "RFC 8684 3.2", NULL,            \
      "joins from two addresses have one address ID, or one has ID 0 and not the initial "         \
      "address; no error, for a NAT with several addresses translates one to both",                \
      "if there is no NAT with several addresses, report it with the version of the "              \
      "joining stack: REMOVE_ADDR may hit the wrong subflow")                                      \
    X(JOIN_NAT, "join-nat", JOINS, NOTE, PROVEN, "RFC 8684 3.2", NULL,                             \
      "a join comes from another address than its ID stood for before: a NAT",                     \
      "nothing; address translation on that path is normal")                                       \
    X(JOIN_FLOOD, "join-flood", JOINS, ERROR, HEURISTIC, "RFC 7430 3", NULL,                       \
      "many half-open joins for one token or to one host; an error where those for one token "     \
      "come from more addresses than a host can have, else a warning, for what completed them "    \
      "may not have been captured, and a path on which nothing comes back makes a host try again", \
      "see who sends them: from one host, look at the path that it tries again and again; from "   \
      "many, limit SYNs with MP_JOIN at the firewall of the host that is flooded")                 \
    X(SYN_AMPLIFICATION, "syn-amplification", JOINS, ERROR, HEURISTIC, "RFC 7430 4", NULL,         \
      "one SYN with MP_CAPABLE is followed by joins to several hosts that never answer; a "        \
      "warning where they are not more than 8, for a host may announce addresses that cannot be "  \
      "reached, or where their SYNs were not sent again, for answers may not have been captured",  \
      "see who announced these addresses: those of bridges and private networks need no endpoint " \
      "on that host, those of strangers make this one send SYNs to them")                          \
    X(ADDADDR_HMAC, "addaddr-hmac", ADDRESSES, ERROR, PROVEN_BY_KEY, "RFC 8684 3.4.1", NULL,       \
      "the HMAC of an ADD_ADDR is wrong",                                                          \
      "the announcement was forged or changed on the way (a NAT that rewrites addresses): "        \
      "the peer ignores it")                                                                       \
    X(ADDADDR_HMAC_PRESENCE, "addaddr-hmac-presence", ADDRESSES, ERROR, PROVEN, "RFC 8684 3.4.1",  \
      NULL, "an announcement without HMAC, or an echo with one",                                   \
      "report it with the version of its stack; the peer ignores it")                              \
    X(ADDADDR_ID_REBOUND, "addaddr-id-rebound", ADDRESSES, ERROR, PROVEN, "RFC 8684 3.4.1", NULL,  \
      "one address ID is announced with two addresses and no REMOVE_ADDR between",                 \
      "a lost REMOVE_ADDR, an attack, or a path manager that reuses IDs: look at who sent "        \
      "the second announcement")                                                                   \
    X(ADDADDR_NO_ECHO, "addaddr-no-echo", ADDRESSES, NOTE, PROVEN, "RFC 8684 3.4.1", NULL,         \
      "an announcement was never echoed",                                                          \
      "the peer did not get it or ignores announcements; on Linux see its "                        \
      "add_addr_accepted limit")                                                                   \
    X(ADDADDR_ECHO_MISMATCH, "addaddr-echo-mismatch", ADDRESSES, WARNING, PROVEN,                  \
      "RFC 8684 3.4.1", NULL,                                                                      \
      "an echo differs from all announcements of its ID, or there was none; no error, for "        \
      "announcements are on packets without payload, whose loss leaves no gap",                    \
      "something on the path changes ADD_ADDR, the echo is forged, or the announcement was "       \
      "not captured: capture at both ends")                                                        \
    X(ADDADDR_UNUSED, "addaddr-unused", ADDRESSES, NOTE, PROVEN, "RFC 8684 3.4.1", NULL,           \
      "no subflow over an announced address, though the peer echoed it (version 0 has no echo) "   \
      "and was heard for a second or more after that",                                             \
      "see the peer's limits ('ip mptcp limits') and whether the address can be reached "          \
      "from there")                                                                                \
    X(ADDADDR_BOGUS, "addaddr-bogus", ADDRESSES, WARNING, PROVEN, "RFC 8684 3.4.1", NULL,          \
      "an announced address that the peer cannot use",                                             \
      "remove the endpoint on the announcing host ('ip mptcp endpoint')")                          \
    X(ADDADDR_HIJACK, "addaddr-hijack", ADDRESSES, ERROR, HEURISTIC, "RFC 7430 2", NULL,           \
      "an unauthenticated announcement, a join there, and most data moves to it; a warning where " \
      "the announcement came the same way as the other packets of that host, which may have made " \
      "it itself",                                                                                 \
      "find out who owns the announced address; version 1 authenticates announcements")            \
    X(ADDADDR_FLOOD, "addaddr-flood", ADDRESSES, WARNING, HEURISTIC, "RFC 7430", NULL,             \
      "a host announces very many addresses",                                                      \
      "look at the path manager of that host, or at who forges announcements")                     \
    X(REMOVEADDR_UNKNOWN, "removeaddr-unknown", ADDRESSES, WARNING, PROVEN, "RFC 8684 3.4.2",      \
      NULL,                                                                                        \
      "REMOVE_ADDR of an address ID that was never announced nor used; a note where one "          \
      "interface alone was captured, for it may have been announced elsewhere",                    \
      "nothing if single; the announcement may have been lost on a path that was not "             \
      "captured")                                                                                  \
    X(PRIO_OTHER_SUBFLOW, "prio-other-subflow", ADDRESSES, ERROR, PROVEN, "RFC 6824 3.3.8", NULL,  \
      "MP_PRIO of version 0 changes another subflow by its address ID; a warning where it came "   \
      "the same way as the other packets of that host, for RFC 6824 allows it",                    \
      "it needs no authentication: check that the sender meant it, version 1 has dropped "         \
      "this form")                                                                                 \
    X(BACKUP_USED, "backup-used", ADDRESSES, NOTE, PROVEN, "RFC 8684 3.3.8", NULL,                 \
      "data flows on a backup subflow",                                                            \
      "if a regular subflow was alive: see the scheduler of the sender; else the backup "          \
      "did its duty")                                                                              \
    X(DSS_CHECKSUM, "dss-checksum", DATA, ERROR, PROVEN, "RFC 8684 3.3", "DataCsumErr",            \
      "a data-level checksum is wrong: the payload was changed on the way",                        \
      "find the middlebox that changes payload on this path: capture before and behind it "        \
      "and compare")                                                                               \
    X(DSS_CHECKSUM_PRESENCE, "dss-checksum-presence", DATA, ERROR, PROVEN, "RFC 8684 3.3", NULL,   \
      "a checksum that was not negotiated, or none although it was",                               \
      "its sender breaks the negotiation, or flag A was changed on the way: capture at "           \
      "both ends")                                                                                 \
    X(PAYLOAD_ALTERED, "payload-altered", DATA, ERROR, PROVEN, NULL, NULL,                         \
      "a packet has other payload at another capture point: it was changed in between",            \
      "look for the middlebox that does it between the two capture points")                        \
    X(MAPPING_CONTRADICTION, "mapping-contradiction", DATA, ERROR, PROVEN, "RFC 8684 3.3.1",       \
      "DSSNotMatching", "the same subflow bytes are mapped to two places of the data stream",      \
      "compare with a capture at the sender: its stack is broken or somebody injects "             \
      "mappings")                                                                                  \
    X(MAPPING_OFF_STREAM, "mapping-off-stream", DATA, ERROR, PROVEN, "RFC 8684 3.3.1",             \
      "DSSNoMatchTCP", "a mapping that cannot cover its subflow's bytes",                          \
      "compare with a capture at the sender: a middlebox may change sequence numbers but "         \
      "not DSS")                                                                                   \
    X(DATA_UNMAPPED, "data-unmapped", DATA, ERROR, PROVEN, "RFC 8684 3.3.1", NULL,                 \
      "payload that no mapping covers, in a capture that is complete there",                       \
      "compare with a capture at the sender: its stack is broken, or DSS was removed on "          \
      "the way")                                                                                   \
    X(DATA_REWRITTEN, "data-rewritten", DATA, ERROR, PROVEN, "RFC 8684 3.3.1", NULL,               \
      "one DSN with different bytes: injection or an inconsistent reinjection",                    \
      "find out which copy the receiver took; a path on which payload is changed or "              \
      "injected is not safe")                                                                      \
    X(DATA_REINJECTED, "data-reinjected", DATA, NOTE, PROVEN, "RFC 8684 3.3.6", "DuplicateData",   \
      "data was sent again on another subflow; the kernel counts what then came in vain",          \
      "nothing if little; much of it says that a path is lossy or stale, or that the "             \
      "scheduler is redundant")                                                                    \
    X(DATA_BEYOND_WINDOW, "data-beyond-window", DATA, ERROR, PROVEN, "RFC 8684 3.3.4",             \
      "NoDSSInWindow", "data beyond the advertised data-level window, or beyond any that TCP has", \
      "its sender ignores the receiver's window, or the data is injected: look at its "            \
      "subflow")                                                                                   \
    X(ACK_BEYOND_DATA, "ack-beyond-data", DATA, ERROR, PROVEN, "RFC 8684 3.3.2", NULL,             \
      "a DATA_ACK above anything that was sent",                                                   \
      "its sender is broken or the acknowledgement is forged; or data took a path that "           \
      "was not captured")                                                                          \
    X(DATA_AFTER_FIN, "data-after-fin", DATA, ERROR, PROVEN, "RFC 8684 3.3.3", NULL,               \
      "data beyond a DATA_FIN, or a DATA_FIN that moves",                                          \
      "its sender is broken, or the data is injected: look at its subflow")                        \
    X(DATA_HOLE, "data-hole", DATA, WARNING, PROVEN, "RFC 8684 3.3", NULL,                         \
      "a hole in the data stream stalled delivery",                                                \
      "see which subflow should have carried it: that path lost the data, and it was late to be "  \
      "sent again")                                                                                \
    X(SUBFLOW_STALE, "subflow-stale", DATA, WARNING, HEURISTIC, NULL, "SubflowStale",              \
      "a subflow stops progressing while another carries on: a dead path; the kernel counts when " \
      "it gives one up, which may be sooner",                                                      \
      "look at the radio or line of that path at that time")                                       \
    X(MP_FAIL_SUBFLOW, "mp-fail", DATA, WARNING, PROVEN, "RFC 8684 3.7", "MPFailRx",               \
      "MP_FAIL on a RST: a host saw a data-level checksum fail, and gave up the subflow",          \
      "find the middlebox that changes payload on the path of this subflow: capture before and "   \
      "behind it and compare")                                                                     \
    X(DATA_UNANSWERED, "data-unanswered", DATA, WARNING, HEURISTIC, NULL, NULL,                    \
      "data was sent again and again, and nothing came back on any subflow",                       \
      "capture at the other end, too: if these packets do not arrive, something on the path "      \
      "drops them; if they do, that host is in trouble")                                           \
    X(DATA_STUCK, "data-stuck", DATA, WARNING, HEURISTIC, NULL, NULL,                              \
      "the same octets were sent again and again, and the other end answered, but never "          \
      "acknowledged them",                                                                         \
      "where nothing long gets through, let ICMP 'too big' pass on that path, or clamp the MSS; "  \
      "else capture at the receiver, too")                                                         \
    X(DATA_STALLED, "data-stalled", DATA, WARNING, HEURISTIC, NULL, NULL,                          \
      "data was sent again and again for long, until it was acknowledged after all",               \
      "look at what the path and the other host did at that time: radio, line, firewall, a host "  \
      "that slept")                                                                                \
    X(DATA_FIN_UNACKED, "data-fin-unacked", DATA, WARNING, HEURISTIC, "RFC 8684 3.3.3", NULL,      \
      "a DATA_FIN was repeated, and never acknowledged",                                           \
      "capture at the other end, too: if it does not arrive there, something on the path drops "   \
      "or strips it; if it does, that host is in trouble")                                         \
    X(WINDOW_CLOSED, "window-closed", DATA, WARNING, HEURISTIC, "RFC 9293 3.8.6.1", NULL,          \
      "a receiver kept its window closed",                                                         \
      "its application does not read: look there for what it waits for, and at the size of its "   \
      "receive buffer")                                                                            \
    X(DATA_ACK_STUCK, "data-ack-stuck", DATA, WARNING, HEURISTIC, "RFC 8684 3.3.2", NULL,          \
      "data was acknowledged by TCP and not by DATA_ACK",                                          \
      "if these packets carry no DSS, a proxy on the path may acknowledge in the name of the "     \
      "receiver: capture there, too; else the receiver lacks earlier data, or does not deliver "   \
      "it")                                                                                        \
    X(HEAD_OF_LINE, "head-of-line", DATA, NOTE, HEURISTIC, NULL, NULL,                             \
      "delivery waited for the slow path",                                                         \
      "if it hurts: a scheduler that knows delays, larger buffers, or the slow path as "           \
      "backup")                                                                                    \
    X(MAPPING_TINY, "mapping-tiny", DATA, WARNING, HEURISTIC, "RFC 8684 5", NULL,                  \
      "very many tiny mappings: memory amplification",                                             \
      "look at the sending application (small writes) or at an attack on memory of the "           \
      "receiver")                                                                                  \
    X(EVASION_FRAGMENTS, "evasion-fragments", DATA, WARNING, HEURISTIC, NULL, NULL,                \
      "a request's head is spread over several subflows in tiny runs; a note where the server "    \
      "spoke in between, so that it is a dialogue",                                                \
      "an inspection that sees only one path is evaded: look at the payload with -o "              \
      "payload=DIR")                                                                               \
    X(TCP_OVERLAP_DIFFERS, "tcp-overlap-differs", DATA, ERROR, PROVEN, "RFC 9293 3.10", NULL,      \
      "overlapping segments of a subflow carry different bytes",                                   \
      "somebody injects or changes payload on this path: capture at both ends")                    \
    X(FASTCLOSE_KEY, "fastclose-key", CLOSING, ERROR, PROVEN_BY_KEY, "RFC 8684 3.5", NULL,         \
      "MP_FASTCLOSE with a wrong key: injected",                                                   \
      "somebody on the path tries to abort the connection: the receiver must ignore it")           \
    X(FASTCLOSE, "fastclose", CLOSING, NOTE, PROVEN, "RFC 8684 3.5", NULL,                         \
      "a host aborted the connection",                                                             \
      "see why the application of that host aborted (close with unread data, SO_LINGER 0, "        \
      "a timeout)")                                                                                \
    X(DATA_AFTER_FASTCLOSE, "data-after-fastclose", CLOSING, ERROR, PROVEN, "RFC 8684 3.5", NULL,  \
      "the aborted connection goes on",                                                            \
      "the host that goes on ignores MP_FASTCLOSE, or it was forged")                              \
    X(SUBFLOW_RESET, "subflow-reset", CLOSING, NOTE, PROVEN, "RFC 8684 3.6", NULL,                 \
      "a subflow was reset", "look at the reason and at who reset it")                             \
    X(RESET_REASON_UNKNOWN, "reset-reason-unknown", CLOSING, WARNING, PROVEN, "RFC 8684 3.6",      \
      NULL, "MP_TCPRST with a reason that RFC 8684 does not define",                               \
      "find out which stack sent it")                                                              \
    X(RESET_SUSPECT, "reset-suspect", CLOSING, WARNING, HEURISTIC, "RFC 8684 5", NULL,             \
      "a RST that looks forged: outside the window, or from another distance",                     \
      "compare with a capture at its sender: if it is not there, something on the path "           \
      "kills connections")                                                                         \
    X(FIN_WITHOUT_DATAFIN, "fin-without-datafin", CLOSING, NOTE, PROVEN, "RFC 8684 3.3.3", NULL,   \
      "the subflows were closed, the data level never was",                                        \
      "look at the sender's stack: the application does not learn of the end of the "              \
      "stream")                                                                                    \
    X(CAPTURE_TRUNCATED, "capture-truncated", CAPTURE, WARNING, PROVEN, NULL, NULL,                \
      "the capture file is damaged: what follows the damage is missing",                           \
      "copy the file again; what is reported covers only what came before")                        \
    X(CAPTURE_DROPS, "capture-drops", CAPTURE, WARNING, PROVEN, NULL, NULL,                        \
      "the capture dropped packets",                                                               \
      "capture with a larger buffer (-B of tcpdump), a smaller snap length or a filter")           \
    X(CAPTURE_LOSS_ESTIMATED, "capture-loss-estimated", CAPTURE, WARNING, PROVEN, NULL, NULL,      \
      "bytes were acknowledged that the capture never saw",                                        \
      "capture with a larger buffer, on all interfaces, and where all packets pass")               \
    X(CAPTURE_SNAPPED, "capture-snapped", CAPTURE, NOTE, PROVEN, NULL, NULL,                       \
      "packets were cut: payload and checksums could not be verified",                             \
      "capture whole packets (-s 0 of tcpdump; here, live, with -w)")                              \
    X(CAPTURE_ONE_SIDED, "capture-one-sided", CAPTURE, NOTE, PROVEN, NULL, NULL,                   \
      "only one direction was captured",                                                           \
      "capture where both directions pass: routing may be asymmetric")                             \
    X(CAPTURE_DUPLICATES, "capture-duplicates", CAPTURE, NOTE, PROVEN, NULL, NULL,                 \
      "packets were captured twice; each was counted once",                                        \
      "nothing; capturing on 'any' or a mirror port does that")                                    \
    X(CAPTURE_UNORDERED, "capture-unordered", CAPTURE, WARNING, PROVEN, NULL, NULL,                \
      "packets came later than they could be put in order",                                        \
      "sort the file by time (reordercap), and check the clocks of the capturing hosts")           \
    X(CAPTURE_CLOCKS, "capture-clocks", CAPTURE, NOTE, PROVEN, NULL, NULL,                         \
      "the clocks of two captures are apart: packets came before they were sent; times were "      \
      "corrected",                                                                                 \
      "set the clocks of capturing hosts (NTP, PTP) if times matter")                              \
    X(CAPTURE_BLURRED, "capture-blurred", CAPTURE, WARNING, PROVEN, NULL, NULL,                    \
      "there are more holes in the data than are kept apart: counts of bytes are not exact",       \
      "capture where packets are not lost, or a shorter time")                                     \
    X(CAPTURE_OFFLOAD, "capture-offload", CAPTURE, NOTE, PROVEN, NULL, NULL,                       \
      "super-segments of segmentation offload were captured: counts of packets are lower "         \
      "than on the wire",                                                                          \
      "switch offloads off while capturing (ethtool -K IF tso off gso off gro off)")               \
    X(PACKETS_DAMAGED, "packets-damaged", CAPTURE, NOTE, PROVEN, "RFC 9293 3.1", NULL,             \
      "packets have a wrong TCP checksum where their sender's others are right: nothing of them "  \
      "was taken, for receivers drop them",                                                        \
      "see whether nstat TcpInCsumErrors of the receiver grows: then a link or a device before "   \
      "it damages packets")                                                                        \
    X(CAPTURE_LATE, "capture-late", CAPTURE, NOTE, PROVEN, NULL, NULL,                             \
      "a subflow had begun before it was captured",                                                \
      "start the capture before the connection, and on all interfaces")                            \
    X(STATE_EVICTED, "state-evicted", CAPTURE, WARNING, PROVEN, NULL, NULL,                        \
      "connections, or joins of a flood, were given up to bound memory: the report lacks them",    \
      "allow more memory (--memory-limit), filter (-f), or write records as they end (-o ndjson)")

#define FINDING_ENUM(name, ...) FINDING_##name,
enum finding_id { FINDING_CATALOGUE(FINDING_ENUM) FINDING_COUNT };
#undef FINDING_ENUM

#endif
