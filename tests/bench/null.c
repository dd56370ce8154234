/* SPDX-License-Identifier: BSD-3-Clause */
/* The yardstick: reads a capture with libpcap and does nothing with it. */
#include <pcap/pcap.h>
#include <stdio.h>

static void nothing(u_char *user, const struct pcap_pkthdr *header, const u_char *octets)
{
    (void)user;
    (void)header;
    (void)octets;
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    if (argc != 2)
        return 2;
    pcap_t *capture = pcap_open_offline(argv[1], error);
    if (capture == NULL) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    int status = pcap_loop(capture, -1, nothing, NULL);
    pcap_close(capture);
    return status == 0 ? 0 : 1;
}
