/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Run while the program is built: writes what is made from the option table, the catalogue of
 * findings and the table of keys.
 *
 *     generate man TEMPLATE | generate bash | zsh | fish | findings | keys      > FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/findings_page.h"
#include "cli/help.h"
#include "cli/keys_page.h"

static bool generate_manual(const char *path)
{
    FILE *template = path == NULL ? NULL : fopen(path, "re");
    if (template == NULL) {
        return false;
    }
    bool complete = manual_write(template, stdout);
    fclose(template);
    return complete;
}

static bool generate(const char *what, const char *path)
{
    static const struct {
        const char *name;
        void (*write)(FILE *stream);
    } pages[] = {
        {"bash",     completion_bash_write},
        {"zsh",      completion_zsh_write },
        {"fish",     completion_fish_write},
        {"findings", findings_page_write  },
        {"keys",     keys_page_write      },
    };
    if (strcmp(what, "man") == 0) {
        return generate_manual(path);
    }
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if (strcmp(what, pages[i].name) == 0) {
            pages[i].write(stdout);
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2 || !generate(argv[1], argc > 2 ? argv[2] : NULL)) {
        fputs("usage: generate man TEMPLATE | bash | zsh | fish | findings | keys; the template "
              "needs each of its marks\n",
              stderr);
        return EXIT_FAILURE;
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
