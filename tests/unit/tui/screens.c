/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints screens of a capture:
 *
 *     screens [-a] COLUMNSxROWS CAPTURE SCRIPT...
 *
 * Each script of keys begins with a new screen, and is printed before what it shows. -a: as where
 * there is only ASCII.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tui/show.h"

static bool screens_print(struct show *show, bool utf8, const char *size, char *const *scripts)
{
    int columns;
    int rows;
    bool done = sscanf(size, "%dx%d", &columns, &rows) == 2;
    for (; done && *scripts != NULL; scripts++) {
        done = show_begin(show, utf8, columns, rows) && show_press(show, *scripts);
        printf("=== %s\n", *scripts);
        show_print(show, stdout);
    }
    return done;
}

int main(int argc, char **argv)
{
    bool ascii = argc > 1 && strcmp(argv[1], "-a") == 0;
    char **words = argv + 1 + ascii;
    struct show show;
    if (argc < 4 + ascii) {
        fprintf(stderr, "usage: screens [-a] COLUMNSxROWS CAPTURE SCRIPT...\n");
        return 2;
    }
    const char *path = words[1];
    bool done = show_open(&show, &path, 1, MODEL_FILE_LIMIT) &&
                screens_print(&show, !ascii, words[0], words + 2);
    show_close(&show);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
