/* SPDX-License-Identifier: BSD-3-Clause */
/* A few slots, searched one by one: such pieces are rare. */
#include "cli/payload_far.h"

#include <stdlib.h>
#include <string.h>

static void piece_free(struct mpta_octets *piece)
{
    /* It was allocated by far_keep, whatever its type says to those who look at it. */
    void *allocated;
    memcpy(&allocated, &piece->octets, sizeof allocated);
    free(allocated);
    *piece = (struct mpta_octets){0};
}

static void piece_forget(struct far_pieces *far, struct mpta_octets *piece)
{
    far->forgotten += piece->octets != NULL;
    piece_free(piece);
}

const struct mpta_octets *far_find(const struct far_pieces *far, uint32_t connection,
                                   enum mpta_side by)
{
    for (size_t i = 0; i < FAR_MAX; i++) {
        const struct mpta_octets *piece = &far->pieces[i];
        if (piece->octets != NULL && piece->connection == connection && piece->by == by) {
            return piece;
        }
    }
    return NULL;
}

void far_keep(struct far_pieces *far, const struct mpta_octets *octets)
{
    const struct mpta_octets *last = far_find(far, octets->connection, octets->by);
    size_t slot = last != NULL ? (size_t)(last - far->pieces) : far->next;
    struct mpta_octets kept = *octets;
    uint8_t *copy = malloc(octets->len);
    far->next = last != NULL ? far->next : (far->next + 1) % FAR_MAX;
    piece_forget(far, &far->pieces[slot]);
    if (copy == NULL) {
        far->forgotten++;
        return;
    }
    memcpy(copy, octets->octets, octets->len);
    kept.octets = copy;
    far->pieces[slot] = kept;
}

void far_drop(struct far_pieces *far, const struct mpta_octets *piece)
{
    piece_free(&far->pieces[piece - far->pieces]);
}

void far_clear(struct far_pieces *far)
{
    for (size_t i = 0; i < FAR_MAX; i++) {
        piece_forget(far, &far->pieces[i]);
    }
}
