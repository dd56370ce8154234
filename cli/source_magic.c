/* SPDX-License-Identifier: BSD-3-Clause */
/* Magic numbers, as one table; formats without one (ERF, text) are guessed at for the hint only. */
#include "cli/source_magic.h"

#include "cli/source_message.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_MAX = 8 };

#define ADVICE_CONVERT "convert it: editcap -F pcapng FILE NEW.pcapng"
#define ADVICE_WRITE   "give a file written by tcpdump -w, dumpcap or Wireshark"
#define ADVICE_ARCHIVE "take the capture out of the archive first"

struct magic {
    enum source_magic kind;
    size_t length;
    const char *octets;
    const char *name; /* of a format that is not read, and what to do with it */
    const char *advice;
};

#define KUZNETZOV "a \"modified\" pcap capture of Kuznetzov's libpcap"

static const struct magic magics[] = {
    {SOURCE_MAGIC_PCAP,    4, "\xa1\xb2\xc3\xd4",   NULL,                             NULL          },
    {SOURCE_MAGIC_PCAP,    4, "\xd4\xc3\xb2\xa1",   NULL,                             NULL          },
    {SOURCE_MAGIC_PCAP,    4, "\xa1\xb2\x3c\x4d",   NULL,                             NULL          },
    {SOURCE_MAGIC_PCAP,    4, "\x4d\x3c\xb2\xa1",   NULL,                             NULL          },
    {SOURCE_MAGIC_PCAPNG,  4, "\x0a\x0d\x0d\x0a",   NULL,                             NULL          },
    {SOURCE_MAGIC_FOREIGN, 4, "\xa1\xb2\xcd\x34",   KUZNETZOV,                        ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 4, "\x34\xcd\xb2\xa1",   KUZNETZOV,                        ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 4, "\x1c\x00\x01\xac",   "an Ixia capture",                ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 4, "\xac\x01\x00\x1c",   "an Ixia capture",                ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 8, "snoop\0\0\0",        "a snoop capture",                ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 8, "btsnoop\0",          "a btsnoop capture of Bluetooth", ADVICE_WRITE  },
    {SOURCE_MAGIC_FOREIGN, 4, "RTSS",               "a Microsoft NetMon 1 capture",   ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 4, "GMBU",               "a Microsoft NetMon 2 capture",   ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 8, "TRSNIFF ",           "a Sniffer capture",              ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 8, "iptrace ",           "an iptrace capture",             ADVICE_CONVERT},
    {SOURCE_MAGIC_FOREIGN, 4, "PK\3\4",             "a zip archive",                  ADVICE_ARCHIVE},
    {SOURCE_MAGIC_FOREIGN, 6, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive",                ADVICE_ARCHIVE},
};

static const struct magic *magic_of(const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (length >= magics[i].length && memcmp(octets, magics[i].octets, magics[i].length) == 0) {
            return &magics[i];
        }
    }
    return NULL;
}

enum source_magic source_magic_find(const uint8_t *octets, size_t length)
{
    const struct magic *magic = magic_of(octets, length);
    return magic ? magic->kind : SOURCE_MAGIC_UNKNOWN;
}

static bool looks_like_text(const uint8_t *octets, size_t length)
{
    size_t look = length < SOURCE_MAGIC_LOOK ? length : SOURCE_MAGIC_LOOK;
    for (size_t i = 0; i < look; i++) {
        bool space = octets[i] >= '\t' && octets[i] <= '\r';
        if (!space && (octets[i] < ' ' || octets[i] > '~')) {
            return false;
        }
    }
    return look > 0;
}

/*
 * An Endace ERF record: a little-endian time stamp with the seconds in octets 4 to 7, the type in
 * octet 8, the record's length in octets 10 and 11, big-endian, which is at least a header's.
 */
static bool looks_like_erf(const uint8_t *octets, size_t length)
{
    enum { ERF_HEADER = 16, ERF_TYPE_MAX = 48 };
    if (length < ERF_HEADER) {
        return false;
    }
    unsigned type = octets[8] & 0x7FU;
    unsigned record = (unsigned)octets[10] << 8 | octets[11];
    bool this_age = octets[7] >= 0x30; /* July 1995 or later */
    return this_age && type >= 1 && type <= ERF_TYPE_MAX && record >= ERF_HEADER;
}

static void octets_show(char *text, size_t size, const uint8_t *octets, size_t length)
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < length && i < SHOWN_MAX && at < size; i++) {
        at += (size_t)snprintf(text + at, size - at, "%s%02x", i ? " " : "", octets[i]);
    }
}

char *source_magic_refuse(const char *label, bool unpacked, const uint8_t *octets, size_t length)
{
    const struct magic *magic = magic_of(octets, length);
    const char *name = "";
    const char *advice = ADVICE_WRITE;
    if (magic && magic->kind == SOURCE_MAGIC_FOREIGN) {
        name = magic->name;
        advice = magic->advice;
    } else if (looks_like_text(octets, length)) {
        name = "text";
    } else if (looks_like_erf(octets, length)) {
        name = "perhaps an Endace ERF capture";
        advice = ADVICE_CONVERT;
    }
    char shown[3 * SHOWN_MAX + 1];
    octets_show(shown, sizeof shown, octets, length);
    return source_message_make("%s: %snot a pcap or pcapng capture but %s (begins with %s%s); %s",
                               label, unpacked ? "unpacked, it is " : "",
                               name[0] ? name : "something else", shown,
                               length > SHOWN_MAX ? " ..." : "", advice);
}
