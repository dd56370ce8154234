/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpcap's list of devices, of which those that are no network interfaces (USB, Bluetooth,
 * netfilter's logs) are left out: no TCP comes from there.
 */
#include "cli/source_live_list.h"

#include <limits.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/source_live_device.h"
#include "cli/source_message.h"

/* ---- One interface -------------------------------------------------------------------------- */

static bool device_is_network(const char *name)
{
    return strcmp(name, SOURCE_LIVE_ANY) == 0 || if_nametoindex(name) != 0;
}

/* As what libpcap captures from a kind of hardware, as far as TCP is likely to be met there. */
static int hardware_dlt(unsigned hardware)
{
    static const struct {
        unsigned hardware;
        int dlt;
    } known[] = {
        {ARPHRD_ETHER,              DLT_EN10MB          },
        {ARPHRD_LOOPBACK,           DLT_EN10MB          },
        {ARPHRD_NONE,               DLT_RAW             },
        {ARPHRD_TUNNEL,             DLT_RAW             },
        {ARPHRD_SIT,                DLT_RAW             },
        {ARPHRD_PPP,                DLT_LINUX_SLL       },
        {ARPHRD_IPGRE,              DLT_LINUX_SLL       },
        {ARPHRD_TUNNEL6,            DLT_LINUX_SLL       },
        {ARPHRD_INFINIBAND,         DLT_LINUX_SLL       },
        {ARPHRD_IEEE80211,          DLT_IEEE802_11      },
        {ARPHRD_IEEE80211_RADIOTAP, DLT_IEEE802_11_RADIO},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].hardware == hardware) {
            return known[i].dlt;
        }
    }
    return -1;
}

/* What frames of an interface begin with, in libpcap's words. */
static const char *link_words(int descriptor, const char *name)
{
    struct ifreq request = {0};
    int dlt = -1;
    memcpy(request.ifr_name, name, strnlen(name, sizeof request.ifr_name - 1));
    if (strcmp(name, SOURCE_LIVE_ANY) == 0) {
        dlt = DLT_LINUX_SLL2;
    } else if (ioctl(descriptor, SIOCGIFHWADDR, &request) == 0) {
        dlt = hardware_dlt(request.ifr_hwaddr.sa_family);
    }
    const char *words = dlt < 0 ? NULL : pcap_datalink_val_to_description(dlt);
    return words ? words : "";
}

/* Appends an address to those before it; what finds no room is left out. */
static void address_append(char *text, size_t size, const struct sockaddr *address)
{
    char host[NI_MAXHOST];
    size_t used = strlen(text);
    bool ip = address && (address->sa_family == AF_INET || address->sa_family == AF_INET6);
    socklen_t length = ip && address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                            : sizeof(struct sockaddr_in);
    if (!ip || getnameinfo(address, length, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0) {
        return;
    }
    int added = snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", host);
    if (added < 0 || (size_t)added >= size - used) {
        text[used] = '\0';
    }
}

static void device_tell(const pcap_if_t *device, int descriptor,
                        void (*tell)(void *context, const struct live_interface *interface),
                        void *context)
{
    char addresses[1024] = "";
    for (const pcap_addr_t *each = device->addresses; each; each = each->next) {
        address_append(addresses, sizeof addresses, each->addr);
    }
    const struct live_interface interface = {
        .name = device->name,
        .description = device->description ? device->description : "",
        .link = link_words(descriptor, device->name),
        .up = device->flags & PCAP_IF_UP,
        .running = device->flags & PCAP_IF_RUNNING,
        .loopback = device->flags & PCAP_IF_LOOPBACK,
        .addresses = addresses,
    };
    tell(context, &interface);
}

/* ---- All of them ---------------------------------------------------------------------------- */

bool source_live_list(void (*tell)(void *context, const struct live_interface *interface),
                      void *context, char **error)
{
    char said[PCAP_ERRBUF_SIZE] = "";
    pcap_if_t *devices = NULL;
    *error = NULL;
    if (pcap_findalldevs(&devices, said) != 0) {
        *error = source_message_make("the interfaces cannot be listed: %s", said);
        return false;
    }
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (const pcap_if_t *device = devices; device; device = device->next) {
        if (device_is_network(device->name)) {
            device_tell(device, descriptor, tell, context);
        }
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    pcap_freealldevs(devices);
    return true;
}

bool source_live_list_has(const char *name)
{
    char said[PCAP_ERRBUF_SIZE];
    pcap_if_t *devices = NULL;
    bool found = device_is_network(name);
    if (!found && pcap_findalldevs(&devices, said) == 0) {
        for (const pcap_if_t *device = devices; device; device = device->next) {
            found = found || strcmp(device->name, name) == 0;
        }
        pcap_freealldevs(devices);
    }
    return found;
}

/* ---- Sentences ------------------------------------------------------------------------------ */

/* Appends a name to a list that may be NULL for want of memory, and stays so. */
static void name_append(void *context, const struct live_interface *interface)
{
    char **names = context;
    char *longer =
        *names ? source_message_make("%s%s%s", *names, **names ? ", " : "", interface->name) : NULL;
    free(*names);
    *names = longer;
}

char *source_live_list_unknown(const char *name)
{
    char *error = NULL;
    char *names = source_message_make("%s", "");
    if (!source_live_list(name_append, &names, &error)) {
        free(names);
        return error;
    }
    char *sentence =
        names ? source_message_make("%s: there is no such interface; there are: %s", name, names)
              : NULL;
    free(names);
    return sentence;
}

char *source_live_list_permission(const char *name)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return source_message_make(
        "%s: no permission to capture; run it with sudo, or let everybody who may run it capture: "
        "sudo setcap cap_net_raw,cap_net_admin+ep %s",
        name, length > 0 ? path : "mptcp-analyze");
}
