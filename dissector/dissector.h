/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The wire: from a captured frame to a TCP segment, from a TCP segment to its options, from option
 * kind 30 to one plain struct per form, and back again.
 *
 * Everything here is a pure function on octets. Nothing allocates, prints, reads a clock or
 * remembers anything, so all of it may be called from any thread. Input is hostile: it may stop at
 * any octet and hold any octets; no function reads outside of what it was given.
 *
 * What points into a frame (options, payload) is borrowed from the caller's octets and lives as
 * long as they do.
 *
 * Lengths are in octets. Numbers are in host byte order. RFC 8684 defines MPTCP version 1,
 * RFC 6824 version 0.
 */
#ifndef MPTA_DISSECTOR_H
#define MPTA_DISSECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Addresses ------------------------------------------------------------------------------ */

/* The longest text of mpta_address_format and mpta_endpoint_format, with its final NUL. */
#define MPTA_ADDRESS_TEXT_MAX  46
#define MPTA_ENDPOINT_TEXT_MAX 54

/* An IPv4 or IPv6 address. Unused octets are zero, so that whole structs may be compared. */
struct mpta_address {
    uint8_t family; /* 4, 6, or 0 for none */
    uint8_t octets[16];
};

/* True if both are of the same family and hold the same address: IPv4 and IPv6 never alias. */
bool mpta_address_equal(const struct mpta_address *a, const struct mpta_address *b);

/*
 * Writes an address as text (IPv6 as RFC 5952 has it), "-" for none; returns its length without the
 * NUL. The text is cut to fit, and always ended by a NUL where size > 0.
 */
size_t mpta_address_format(const struct mpta_address *address, char *text, size_t size);

/* The same with a port: "10.0.0.1:80", "[2001:db8::1]:80". */
size_t mpta_endpoint_format(const struct mpta_address *address, uint16_t port, char *text,
                            size_t size);

/* ---- Frames --------------------------------------------------------------------------------- */

/* How many tunnels (IP in IP, GRE, VXLAN, GTP-U) are followed inwards, at most. */
#define MPTA_TUNNEL_DEPTH_MAX 4

/* What a frame turned out to be. */
enum mpta_frame {
    MPTA_FRAME_TCP,              /* a TCP segment with its whole fixed header of 20 octets */
    MPTA_FRAME_OTHER,            /* well-formed as far as read, but no TCP in it */
    MPTA_FRAME_FRAGMENT,         /* an IP fragment without a whole TCP header */
    MPTA_FRAME_CUT,              /* the snap length cut it before the end of the TCP header */
    MPTA_FRAME_MALFORMED,        /* a header contradicts itself or the frame's length */
    MPTA_FRAME_LINK_UNSUPPORTED, /* a link type this dissector does not know */
};
#define MPTA_FRAME_COUNT 6

/* TCP header flags, RFC 9293 section 3.1, with AccECN's AE bit as the ninth. */
enum {
    MPTA_TCP_FIN = 0x001,
    MPTA_TCP_SYN = 0x002,
    MPTA_TCP_RST = 0x004,
    MPTA_TCP_PSH = 0x008,
    MPTA_TCP_ACK = 0x010,
    MPTA_TCP_URG = 0x020,
    MPTA_TCP_ECE = 0x040,
    MPTA_TCP_CWR = 0x080,
    MPTA_TCP_AE = 0x100,
};

/* One TCP segment. Pointers are borrowed from the frame. */
struct mpta_segment {
    struct mpta_address src;
    struct mpta_address dst;
    uint16_t src_port;
    uint16_t dst_port;

    uint32_t seq;
    uint32_t ack;
    uint16_t flags; /* MPTA_TCP_... */
    uint16_t window;
    uint16_t checksum;

    const uint8_t *options;
    size_t options_len;      /* by the data offset: 0 to 40 */
    size_t options_captured; /* less where the snap length cut them: the rest is unknown */

    const uint8_t *payload;
    uint32_t payload_len;      /* on the wire */
    uint32_t payload_captured; /* less where the snap length cut it */

    /* All of it from the TCP header on, where its checksum can be judged; NULL where octets of it
     * were cut, are in other fragments, or IP does not say where it ends. */
    const uint8_t *octets;

    uint8_t hop_limit;
    bool ip_id_present; /* false for IPv6 without a fragment header */
    uint16_t ip_id;     /* the low 16 bits of an IPv6 fragment's identification */

    uint8_t tunnels; /* how many tunnels were unwrapped: 0 to MPTA_TUNNEL_DEPTH_MAX */
    bool fragmented; /* the first fragment of an IP packet: payload_len counts only this fragment */
    bool super_segment; /* IP length 0: segmentation offload; payload_len comes from the frame */
};

/*
 * Finds the innermost TCP segment of a frame.
 *
 * link_type is the LINKTYPE_ value of a capture file (the tcpdump group's list). frame holds
 * captured octets of a frame that had wire_len octets on the link; a wire_len below captured counts
 * as captured. Fills *segment only for MPTA_FRAME_TCP. Understood: Ethernet with any stack of
 * 802.1Q/802.1ad tags, MPLS labels and PPPoE sessions; Linux cooked v1 and v2; raw IP (12, 14, 101,
 * 228, 229); NULL and LOOP in both byte orders; PPP (9, 50); IPv4 with options, IPv6 with extension
 * headers; IP in IP, GRE, VXLAN (UDP ports 4789 and 8472) and GTP-U up to MPTA_TUNNEL_DEPTH_MAX
 * deep. What is deeper is MPTA_FRAME_OTHER, and so is what is not followed: Ethernet in MPLS
 * (pseudowires), GRE version 1 (PPTP), ESP, and VXLAN or GTP-U at other ports.
 */
enum mpta_frame mpta_frame_dissect(uint32_t link_type, const uint8_t *frame, size_t captured,
                                   size_t wire_len, struct mpta_segment *segment);

/* A word for what a frame is: "TCP", "fragment", ... Static text. */
const char *mpta_frame_name(enum mpta_frame frame);

/* ---- TCP options ---------------------------------------------------------------------------- */

enum {
    MPTA_KIND_EOL = 0,
    MPTA_KIND_NOP = 1,
    MPTA_KIND_MSS = 2,
    MPTA_KIND_WINDOW_SCALE = 3,
    MPTA_KIND_SACK_PERMITTED = 4,
    MPTA_KIND_SACK = 5,
    MPTA_KIND_TIMESTAMPS = 8,
    MPTA_KIND_MPTCP = 30,
    MPTA_KIND_FAST_OPEN = 34,
};

/* One TCP option, borrowed: octets[0] is the kind, octets[1] the length. */
struct mpta_tcp_option {
    uint8_t kind;
    uint8_t length; /* of the whole option, kind and length octets included: 2 or more */
    const uint8_t *octets;
};

/* What a step of the walk met. */
enum mpta_walk {
    MPTA_WALK_OPTION,  /* *option is filled */
    MPTA_WALK_END,     /* the options are over */
    MPTA_WALK_CUT,     /* the snap length cut the options here; what follows is unknown */
    MPTA_WALK_OVERRUN, /* a length below 2 or past the option area, RFC 9293 section 3.1 */
};

/* A position in the options of one segment. All fields but the last belong to the walk. */
struct mpta_option_walk {
    const uint8_t *at;
    size_t captured;  /* octets left that were captured */
    size_t left;      /* octets left by the data offset */
    bool unclean_end; /* MPTA_WALK_END was EOL, and octets that are not zero follow it */
};

/* Starts a walk over the options of a segment, which must outlive it. */
void mpta_option_walk_start(struct mpta_option_walk *walk, const struct mpta_segment *segment);

/*
 * Steps to the next option; NOPs are passed over and EOL ends the walk. Once it has returned
 * anything but MPTA_WALK_OPTION, it returns the same again.
 */
enum mpta_walk mpta_option_walk_next(struct mpta_option_walk *walk, struct mpta_tcp_option *option);

/* Read the maximum segment size (RFC 9293 section 3.2) and the window scale (RFC 7323 section 2.2)
 * of a SYN. False if the option is not one of 4, or 3 octets; then nothing is written. */
bool mpta_mss_decode(const struct mpta_tcp_option *option, uint16_t *mss);
bool mpta_window_scale_decode(const struct mpta_tcp_option *option, uint8_t *shift);

/*
 * Reads a timestamps option, RFC 7323 section 3.2. False if the option is not one of 10 octets;
 * then nothing is written.
 */
bool mpta_timestamps_decode(const struct mpta_tcp_option *option, uint32_t *value, uint32_t *echo);

#define MPTA_SACK_BLOCKS 4

/* The blocks of a SACK option: each is [left, right) in the sender's 32-bit sequence numbers. */
struct mpta_sack {
    uint8_t count; /* 1 to MPTA_SACK_BLOCKS */
    struct {
        uint32_t left;
        uint32_t right;
    } blocks[MPTA_SACK_BLOCKS];
};

/* Reads a SACK option, RFC 2018 section 3. False if it is none of 10, 18, 26 or 34 octets; then
 * nothing is written. */
bool mpta_sack_decode(const struct mpta_tcp_option *option, struct mpta_sack *sack);

/* ---- Option kind 30 ------------------------------------------------------------------------- */

/* RFC 8684 section 7.2. 9 to 14 are unassigned. */
enum mpta_subtype {
    MPTA_MP_CAPABLE = 0,
    MPTA_MP_JOIN = 1,
    MPTA_DSS = 2,
    MPTA_ADD_ADDR = 3,
    MPTA_REMOVE_ADDR = 4,
    MPTA_MP_PRIO = 5,
    MPTA_MP_FAIL = 6,
    MPTA_MP_FASTCLOSE = 7,
    MPTA_MP_TCPRST = 8,
    MPTA_MP_EXPERIMENTAL = 15,
};

/* Flags of MP_CAPABLE, RFC 8684 section 3.1. */
enum {
    MPTA_CAPABLE_A = 0x80, /* checksums required */
    MPTA_CAPABLE_B = 0x40, /* extensibility */
    MPTA_CAPABLE_C = 0x20, /* do not open subflows to this address and port (version 1) */
    MPTA_CAPABLE_H = 0x01, /* HMAC-SHA256 (version 1) or HMAC-SHA1 (version 0) */
};

/*
 * MP_CAPABLE, RFC 8684 section 3.1. Lengths in version 1: 4 no key, 12 the sender's, 20 both, 22
 * both and the data-level length, 24 also a checksum; in version 0: 12 and 20.
 */
struct mpta_mp_capable {
    uint8_t version; /* 0 to 15 */
    uint8_t flags;   /* MPTA_CAPABLE_... */
    bool has_sender_key;
    bool has_receiver_key;
    bool has_data_len;
    bool has_checksum;
    uint64_t sender_key;
    uint64_t receiver_key;
    uint16_t data_len;
    uint16_t checksum;
};

/* The three forms of MP_JOIN, told apart by length: 12, 16, 24. */
enum mpta_join_form {
    MPTA_JOIN_SYN,
    MPTA_JOIN_SYN_ACK,
    MPTA_JOIN_ACK,
};

/* MP_JOIN, RFC 8684 section 3.2. */
struct mpta_mp_join {
    enum mpta_join_form form;
    uint8_t flags;      /* SYN and SYN/ACK: the low nibble, B is 0x1; ACK: reserved bits */
    bool backup;        /* SYN and SYN/ACK */
    uint8_t address_id; /* SYN and SYN/ACK: the sender's; ACK: reserved octet */
    uint32_t token;     /* SYN: the receiver's */
    uint32_t nonce;     /* SYN and SYN/ACK: the sender's */
    uint8_t hmac[20];   /* SYN/ACK: leftmost 64 bits in hmac[0..7]; ACK: leftmost 160 bits */
};

/* DSS, RFC 8684 section 3.3. Which parts are there is told by flags, the checksum by the length. */
struct mpta_dss {
    uint8_t reserved; /* the 4 bits beside the subtype */
    uint8_t flags; /* the fourth octet: 0x10 F, 0x08 m, 0x04 M, 0x02 a, 0x01 A, others reserved */
    bool data_fin;
    bool has_ack;
    bool ack_is_64;
    bool has_map;
    bool dsn_is_64;
    bool has_checksum;
    uint64_t data_ack; /* 32 bits of it where !ack_is_64 */
    uint64_t dsn;      /* 32 bits of it where !dsn_is_64 */
    uint32_t ssn;      /* relative to the subflow's ISN */
    uint16_t data_len; /* 0: infinite mapping */
    uint16_t checksum;
};

/*
 * ADD_ADDR, RFC 8684 section 3.4.1 and RFC 6824 section 3.4.1. The length tells family, port and
 * HMAC; whether the nibble is version 1's flags (E is 0x1) or version 0's IPVer (4 or 6) is known
 * only with the connection's version. Where neither nibble nor HMAC belongs to version 1, `echo`
 * is false.
 */
struct mpta_add_addr {
    uint8_t nibble;
    bool echo; /* nibble is exactly version 1's E flag set: 0x1 */
    uint8_t address_id;
    struct mpta_address address;
    bool has_port;
    bool has_hmac;
    uint16_t port; /* 0 without one */
    uint64_t hmac; /* rightmost 64 bits */
};

#define MPTA_REMOVE_ADDR_IDS_MAX 37

/* REMOVE_ADDR, RFC 8684 section 3.4.2. */
struct mpta_remove_addr {
    uint8_t nibble;
    uint8_t count; /* 1 to MPTA_REMOVE_ADDR_IDS_MAX */
    uint8_t address_ids[MPTA_REMOVE_ADDR_IDS_MAX];
};

/* MP_PRIO, RFC 8684 section 3.3.8; with an address ID only in version 0. */
struct mpta_mp_prio {
    uint8_t nibble;
    bool backup;
    bool has_address_id;
    uint8_t address_id;
};

/* MP_FAIL, RFC 8684 section 3.7. */
struct mpta_mp_fail {
    uint16_t reserved; /* 12 bits */
    uint64_t dsn;
};

/* MP_FASTCLOSE, RFC 8684 section 3.5. */
struct mpta_mp_fastclose {
    uint16_t reserved; /* 12 bits */
    uint64_t receiver_key;
};

/* MP_TCPRST, RFC 8684 section 3.6. */
struct mpta_mp_tcprst {
    uint8_t flags; /* U V W T, T is 0x1 */
    bool transient;
    uint8_t reason;
};

/* A subtype without a form of its own: 9 to 15. */
struct mpta_mp_unknown {
    uint8_t nibble;
    uint8_t length; /* of body */
    uint8_t body[37];
};

/* One option of kind 30. */
struct mpta_mptcp_option {
    enum mpta_subtype subtype; /* 0 to 15 */
    union {
        struct mpta_mp_capable capable;
        struct mpta_mp_join join;
        struct mpta_dss dss;
        struct mpta_add_addr add_addr;
        struct mpta_remove_addr remove_addr;
        struct mpta_mp_prio prio;
        struct mpta_mp_fail fail;
        struct mpta_mp_fastclose fastclose;
        struct mpta_mp_tcprst tcprst;
        struct mpta_mp_unknown unknown;
    };
};

/* Why an option of kind 30 was refused. */
enum mpta_option_status {
    MPTA_OPTION_OK,
    MPTA_OPTION_LENGTH,         /* no form of this subtype, in either version, has this length */
    MPTA_OPTION_LENGTH_VERSION, /* a form has it, but not in the version that MP_CAPABLE names */
    MPTA_OPTION_LENGTH_FLAGS,   /* DSS: a form has it, but not the one that its flags announce */
};
#define MPTA_OPTION_STATUS_COUNT 4

/*
 * Decodes an option of kind 30, octets[0] being the kind, octets[1] the length, which must equal
 * `length` (as from the walk). *option is filled only for MPTA_OPTION_OK; otherwise only its
 * subtype is meaningful, and for `length` below 3 not even that.
 */
enum mpta_option_status mpta_mptcp_decode(const uint8_t *octets, size_t length,
                                          struct mpta_mptcp_option *option);

/* A reason in words for a refused option: "no form of this subtype has this length". Static. */
const char *mpta_option_status_text(enum mpta_option_status status);

/*
 * Encodes an option of kind 30, the inverse of mpta_mptcp_decode: what decodes to *option. Returns
 * the octets written, or 0 if the struct has no form on the wire or size is too small (40 always
 * suffices).
 */
size_t mpta_mptcp_encode(const struct mpta_mptcp_option *option, uint8_t *octets, size_t size);

/* ---- Words ---------------------------------------------------------------------------------- */

/* "MP_CAPABLE", "DSS", ...; "subtype 9" and so on where unassigned. Static text. */
const char *mpta_subtype_name(enum mpta_subtype subtype);

/* RFC 8684 section 3.6 in words: "unspecified error" ... ; "unknown reason" above 6. Static text.
 */
const char *mpta_reset_reason_text(uint8_t reason);

/* The longest text of mpta_mptcp_format and mpta_tcp_flags_format, with the final NUL. */
#define MPTA_OPTION_TEXT_MAX    256
#define MPTA_TCP_FLAGS_TEXT_MAX 32

/* TCP flags as tcpdump's users know them: "S", "S.", ".", "P.", "F.", "R". Returns the length. */
size_t mpta_tcp_flags_format(uint16_t flags, char *text, size_t size);

/*
 * One line about one option: "MP_JOIN SYN token 0x1122aabb nonce 0x00000001 id 2 backup",
 * "DSS ack 4711 dsn 815 ssn 1 len 1400 csum 0xbeef FIN". No key is written unless show_keys.
 * Returns the length; the text is cut to fit, and always ended by a NUL where size > 0.
 */
size_t mpta_mptcp_format(const struct mpta_mptcp_option *option, bool show_keys, char *text,
                         size_t size);

#ifdef __cplusplus
}
#endif

#endif
