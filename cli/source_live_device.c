/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpcap with TPACKET_V3: the kernel fills blocks of a ring and hands over a block when it is full
 * or its time is over. The handle stays open when the interface goes down: the kernel resumes by
 * itself when it comes up again, and a new handle could not be had without privileges. When the
 * interface vanishes and one of its name is made anew, the handle is bound to that: a socket may be
 * bound without privileges.
 */
#include "cli/source_live_device.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "cli/source_filter.h"
#include "cli/source_live_filter.h"
#include "cli/source_live_list.h"
#include "cli/source_message.h"

#define LINK_TYPE_SLL2 276

/* ---- What can go wrong ---------------------------------------------------------------------- */

/* Why an interface cannot be opened, and what to do. */
static char *refusal(const struct live_device *device, int status)
{
    const char *name = device->name;
    const char *said = pcap_geterr(device->pcap);
    switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return source_live_list_permission(name);
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return source_live_list_unknown(name);
    case PCAP_ERROR_IFACE_NOT_UP:
        return source_message_make("%s: the interface is down; bring it up: ip link set %s up",
                                   name, name);
    case PCAP_ERROR:
        return source_message_make("%s: cannot capture there: %s", name, said);
    default:
        return source_message_make("%s: cannot capture there: %s%s%s", name,
                                   pcap_statustostr(status), *said ? ": " : "", said);
    }
}

/* ---- Filter --------------------------------------------------------------------------------- */

/* Compiles an expression, and installs it if asked to; false where that cannot be. */
static bool filter_compile(pcap_t *pcap, const char *expression, bool install)
{
    struct bpf_program code = {0};
    if (pcap_compile(pcap, &code, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        return false;
    }
    bool done = !install || pcap_setfilter(pcap, &code) == 0;
    pcap_freecode(&code);
    return done;
}

/*
 * The automatic filter for this link type, in plainer words, or none: what the link type cannot
 * express must not hide packets. False without memory.
 */
static bool filter_install(const struct live_device *device, const char *user)
{
    char *const expressions[] = {
        source_live_filter_make(device->link_type, user),
        source_live_filter_simple(user),
    };
    bool made = expressions[0] && expressions[1];
    bool done = made && (filter_compile(device->pcap, expressions[0], true) ||
                         filter_compile(device->pcap, expressions[1], true));
    free(expressions[0]);
    free(expressions[1]);
    return made && (done || !user || filter_compile(device->pcap, user, true));
}

/* Whether the user's part means anything here. */
static bool filter_check(const struct live_device *device, const char *user, char **error)
{
    if (!user || filter_compile(device->pcap, user, false)) {
        return true;
    }
    *error = source_message_make("%s: the filter \"%s\" cannot be used: %s; see pcap-filter(7)",
                                 device->name, user, pcap_geterr(device->pcap));
    return false;
}

/* ---- Opening -------------------------------------------------------------------------------- */

static bool device_is_any(const struct live_device *device)
{
    return strcmp(device->name, SOURCE_LIVE_ANY) == 0;
}

/* What is not offered (nanoseconds) is done without. */
static int device_activate(struct live_device *device, uint32_t snap_len)
{
    pcap_t *pcap = device->pcap;
    pcap_set_snaplen(pcap, (int)snap_len);
    pcap_set_promisc(pcap, !device_is_any(device));
    pcap_set_timeout(pcap, SOURCE_LIVE_BATCH_MS);
    pcap_set_buffer_size(pcap, SOURCE_LIVE_RING_OCTETS);
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    return pcap_activate(pcap);
}

/* Which form of ring libpcap got from the kernel: 3, where blocks are handed over. */
static unsigned ring_version(int fd)
{
    int version = -1;
    socklen_t size = sizeof version;
    bool told = getsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, &size) == 0;
    return told && version >= 0 ? (unsigned)version + 1 : 0; /* TPACKET_V1 is 0 */
}

/*
 * What the kernel says of the interface of this name, asked through the socket that is there: a new
 * one may be forbidden. False where there is none.
 */
static bool device_ask(const struct live_device *device, unsigned long what, struct ifreq *request)
{
    *request = (struct ifreq){0};
    memcpy(request->ifr_name, device->name, strnlen(device->name, sizeof request->ifr_name - 1));
    return ioctl(device->fd, what, request) == 0;
}

static int device_index(const struct live_device *device)
{
    struct ifreq request;
    return device_ask(device, SIOCGIFINDEX, &request) ? request.ifr_ifindex : 0;
}

static int device_hardware(const struct live_device *device)
{
    struct ifreq request;
    return device_ask(device, SIOCGIFHWADDR, &request) ? request.ifr_hwaddr.sa_family : -1;
}

/* What is known once the handle is active. */
static void device_learn(struct live_device *device)
{
    pcap_t *pcap = device->pcap;
    if (device_is_any(device)) {
        pcap_set_datalink(pcap,
                          DLT_LINUX_SLL2); /* it tells which interface; older systems lack it */
    }
    device->link_type = source_filter_link_type(pcap_datalink(pcap));
    device->nanoseconds = pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
    device->fd = pcap_get_selectable_fd(pcap);
    device->ring_version = ring_version(device->fd);
    device->index = device_index(device);
    device->hardware = device_hardware(device);
}

bool live_device_open(struct live_device *device, const char *name, const char *filter,
                      uint32_t snap_len, char **error, bool *usage)
{
    char said[PCAP_ERRBUF_SIZE] = "";
    *device = (struct live_device){.name = name, .fd = -1};
    *error = NULL;
    if (!source_live_list_has(name)) {
        *error = source_live_list_unknown(name);
        return false;
    }
    device->pcap = pcap_create(name, said);
    if (!device->pcap) {
        *error = source_message_make("%s: cannot capture there: %s", name, said);
        return false;
    }
    int status = device_activate(device, snap_len);
    if (status < 0) {
        *error = refusal(device, status);
        return false;
    }
    device_learn(device);
    if (pcap_setnonblock(device->pcap, 1, said) != 0 || device->fd < 0) {
        *error = source_message_make("%s: cannot be waited for: %s", name, said);
        return false;
    }
    if (!filter_check(device, filter, error)) {
        *usage = *error != NULL;
        return false;
    }
    return filter_install(device, filter);
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* No interface any more. */
static void device_lose(struct live_device *device)
{
    bool vanished = device_index(device) != device->index;
    free(device->gone_for);
    device->gone_for = vanished ? source_message_make("the interface has vanished")
                                : source_message_make("%s", pcap_geterr(device->pcap));
    live_device_count(device);
    device->index = vanished ? 0 : device->index;
    device->state = LIVE_GONE;
}

/*
 * Captures from an interface that was made anew: another one of the same name and kind, so that the
 * filter and what was said of it still hold.
 */
static void device_find(struct live_device *device)
{
    int index = device_index(device);
    const struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
    const struct packet_mreq promiscuous = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
    if (index == 0 || index == device->index || device_hardware(device) != device->hardware ||
        bind(device->fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        return;
    }
    /* Without it, packets to and from this machine still come. */
    setsockopt(device->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous);
    device->index = index;
    device->state = LIVE_UP;
}

static int64_t header_time_ns(const struct live_device *device, const struct pcap_pkthdr *header)
{
    int64_t fraction = header->ts.tv_usec;
    return (int64_t)header->ts.tv_sec * 1000000000 + fraction * (device->nanoseconds ? 1 : 1000);
}

/* Whether a packet was counted twice: on a loopback it goes out, and comes in. */
static bool packet_was_sent_back(const struct live_device *device, const uint8_t *octets,
                                 size_t captured)
{
    if (!device_is_any(device)) {
        return device->hardware == ARPHRD_LOOPBACK;
    }
    /* The two cooked headers have the kind of the interface at different places. */
    size_t at = device->link_type == LINK_TYPE_SLL2 ? 8 : 2;
    return captured >= at + 2 && (octets[at] << 8 | octets[at + 1]) == ARPHRD_LOOPBACK;
}

bool live_device_read(struct live_device *device, struct frame *frame)
{
    struct pcap_pkthdr *header;
    const uint8_t *octets;
    bool open = device->pcap && device->state != LIVE_GONE;
    int got = open ? pcap_next_ex(device->pcap, &header, &octets) : 0;
    if (got < 0) {
        device_lose(device);
    }
    if (got != 1) {
        return false;
    }
    device->sent_back += packet_was_sent_back(device, octets, header->caplen);
    *frame = (struct frame){
        .time_ns = header_time_ns(device, header),
        .time_known = true,
        .link_type = device->link_type,
        .captured = header->caplen,
        .wire_len = header->len > header->caplen ? header->len : header->caplen,
        .octets = octets,
    };
    return true;
}

void live_device_glance(struct live_device *device)
{
    struct ifreq request;
    if (!device->pcap || device_is_any(device)) {
        return;
    }
    if (device->state == LIVE_GONE) {
        device_find(device);
    }
    if (device->state != LIVE_GONE && device_ask(device, SIOCGIFFLAGS, &request)) {
        device->state = request.ifr_flags & IFF_UP ? LIVE_UP : LIVE_DOWN;
    }
}

/*
 * libpcap counts in 32 bits, which wrap. What the interface dropped it reads from a file; where
 * that is no longer there, or may not be read, less is told than before.
 */
void live_device_count(struct live_device *device)
{
    struct pcap_stat stat;
    uint64_t *const totals[] = {&device->received, &device->drops, &device->interface_drops};
    if (!device->pcap || pcap_stats(device->pcap, &stat) != 0) {
        return;
    }
    const uint32_t now[] = {stat.ps_recv, stat.ps_drop, stat.ps_ifdrop};
    for (size_t i = 0; i < sizeof now / sizeof now[0]; i++) {
        int32_t more = (int32_t)(now[i] - device->counted[i]);
        *totals[i] += more > 0 ? (uint64_t)more : 0;
        device->counted[i] = now[i];
    }
}

void live_device_close(struct live_device *device)
{
    if (device->pcap) {
        pcap_close(device->pcap);
    }
    free(device->gone_for);
    *device = (struct live_device){.fd = -1};
}
