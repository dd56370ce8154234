/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/source_tap.h"

#include "cli/source.h"

#include <errno.h>
#include <unistd.h>

/* Octets of the file as it is. */
static enum source_unpack_status plain_read(struct source_tap *tap, uint8_t *to, size_t room,
                                            size_t *length)
{
    ssize_t got;
    do {
        if (tap->patience) {
            tap->patience->wait(tap->patience->context, tap->fd);
        }
        got = read(tap->fd, to, room);
    } while (got < 0 && errno == EINTR);
    *length = got > 0 ? (size_t)got : 0;
    return got < 0 ? SOURCE_UNPACK_READ : SOURCE_UNPACK_OK;
}

size_t source_tap_draw(struct source_tap *tap, uint8_t *to, size_t room)
{
    size_t length = 0;
    if (!tap->ended) {
        tap->ending = tap->unpack ? source_unpack_read(tap->unpack, to, room, &length, &tap->reason)
                                  : plain_read(tap, to, room, &length);
        tap->error = errno;
        tap->ended = length == 0;
    }
    return length;
}
