/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One table says each option's name, the kind of its value and where it goes.
 */
#include "tests/lab/peer_options.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum value_kind { VALUE_FLAG, VALUE_NUMBER, VALUE_ADDRESS, VALUE_CLOSE };

#define PLACE(field) offsetof(struct peer_options, field)

static const struct row {
    const char *name;
    enum value_kind kind;
    size_t place;
} rows[] = {
    {"server",      VALUE_FLAG,    PLACE(server)     },
    {"tcp",         VALUE_FLAG,    PLACE(tcp)        },
    {"sequential",  VALUE_FLAG,    PLACE(sequential) },
    {"fast-open",   VALUE_FLAG,    PLACE(fast_open)  },
    {"waits",       VALUE_FLAG,    PLACE(waits)      },
    {"address",     VALUE_ADDRESS, PLACE(address)    },
    {"port",        VALUE_NUMBER,  PLACE(port)       },
    {"bind",        VALUE_ADDRESS, PLACE(bind)       },
    {"listen",      VALUE_ADDRESS, PLACE(listen)     },
    {"bind-port",   VALUE_NUMBER,  PLACE(bind_port)  },
    {"connections", VALUE_NUMBER,  PLACE(connections)},
    {"seed",        VALUE_NUMBER,  PLACE(seed)       },
    {"send",        VALUE_NUMBER,  PLACE(send)       },
    {"receive",     VALUE_NUMBER,  PLACE(receive)    },
    {"chunk",       VALUE_NUMBER,  PLACE(chunk)      },
    {"pace-us",     VALUE_NUMBER,  PLACE(pace_us)    },
    {"hold",        VALUE_NUMBER,  PLACE(hold)       },
    {"timeout",     VALUE_NUMBER,  PLACE(timeout)    },
    {"close",       VALUE_CLOSE,   PLACE(close_mode) },
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static bool parse_number(const char *text, uint64_t *number)
{
    char *end;

    *number = strtoull(text, &end, 10);
    return *end == '\0' && end != text;
}

static bool parse_address(const char *text, struct sockaddr_storage *address)
{
    *address = (struct sockaddr_storage){.ss_family = AF_INET};
    if (inet_pton(AF_INET, text, &((struct sockaddr_in *)address)->sin_addr) == 1)
        return true;
    address->ss_family = AF_INET6;
    return inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)address)->sin6_addr) == 1;
}

static bool parse_close(const char *text, enum close_mode *mode)
{
    static const char *const words[] = {
        [CLOSE_SHUTDOWN] = "shutdown",
        [CLOSE_ANSWER] = "answer",
        [CLOSE_ABORT] = "abort",
        [CLOSE_OPEN] = "open",
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], text) == 0) {
            *mode = (enum close_mode)i;
            return true;
        }
    return false;
}

static bool row_set(const struct row *row, struct peer_options *options, const char *text)
{
    void *place = (char *)options + row->place;

    switch (row->kind) {
    case VALUE_FLAG:
        *(bool *)place = true;
        return true;
    case VALUE_NUMBER:
        return parse_number(text, place);
    case VALUE_ADDRESS:
        return parse_address(text, place);
    case VALUE_CLOSE:
        return parse_close(text, place);
    }
    return false;
}

static void address_set_port(struct sockaddr_storage *address, uint64_t port)
{
    if (address->ss_family == AF_INET)
        ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
}

struct peer_options peer_options_parse(int argc, char **argv)
{
    struct option table[ROW_COUNT + 1] = {0};
    struct peer_options options = {
        .connections = 1, .chunk = 4096, .hold = UINT64_MAX, .timeout = 60};
    int index;

    for (int i = 0; i < ROW_COUNT; i++)
        table[i] = (struct option){
            .name = rows[i].name,
            .has_arg = rows[i].kind == VALUE_FLAG ? no_argument : required_argument,
            .val = i,
        };
    while ((index = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (index < ROW_COUNT && row_set(&rows[index], &options, optarg))
            continue;
        if (index < ROW_COUNT)
            fprintf(stderr, "peer: --%s cannot be \"%s\"\n", rows[index].name, optarg);
        exit(2);
    }
    address_set_port(&options.address, options.port);
    if (options.bind.ss_family != 0)
        address_set_port(&options.bind, options.bind_port);
    if (options.listen.ss_family != 0)
        address_set_port(&options.listen, options.bind_port);
    return options;
}
