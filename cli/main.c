/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program: reads its command line and does one thing.
 */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/help.h"
#include "cli/interface_list.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/run.h"
#include "cli/tui/tui.h"

/* A file that is opened must never become standard error by chance. */
static void descriptors_fill(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0) {
            abort();
        }
    }
}

/* Prints something that is not a report, with the same care for a full disk. */
static enum exit_code print(void (*write)(FILE *stream))
{
    struct output output;
    signal(SIGPIPE, SIG_IGN); /* a reader that closes the pipe is no failure */
    if (!output_open(&output, NULL)) {
        return EXIT_CODE_OUTPUT;
    }
    write(output.stream);
    return output_close(&output, true) ? EXIT_CODE_DONE : EXIT_CODE_OUTPUT;
}

static enum exit_code act(const struct options *options)
{
    switch (options->action) {
    case ACTION_RUN:
        return tui_is_wanted(options) ? tui_run(options) : run(options);
    case ACTION_LIST:
        return interface_list();
    case ACTION_HELP:
        return print(help_write);
    case ACTION_VERSION:
        return print(version_write);
    }
    return EXIT_CODE_USAGE;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    char problem[OPTIONS_PROBLEM_MAX];

    descriptors_fill();
    setlocale(LC_CTYPE, "");
    enum exit_code code = options_parse(argc, argv, &options, problem);
    if (code != EXIT_CODE_DONE) {
        message_print("%s%s", problem,
                      code == EXIT_CODE_USAGE ? " (see " PROGRAM_NAME " --help)" : "");
    } else {
        code = act(&options);
    }
    options_free(&options);
    return (int)code;
}
