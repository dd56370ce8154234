/* SPDX-License-Identifier: BSD-3-Clause */
/* Help, manual page and completions name every option of the table, and nothing is wider than a
 * terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/option_table.h"
#include "cli/text_wrap.h"

/* What a writer writes; to be freed. */
static char *written(void (*write)(FILE *stream))
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    write(stream);
    fclose(stream);
    return text;
}

/* A template that holds the marks and nothing else, so that all that is found comes from tables. */
static void manual_of_marks(FILE *stream)
{
    static char template[] = ".\\\" @TITLE@\n.\\\" @OPTIONS@\n.\\\" @KINDS@\n.\\\" @KEYS@\n"
                             ".\\\" @EXITS@\n";
    FILE *input = fmemopen(template, sizeof template - 1, "r");
    assert_non_null(input);
    assert_true(manual_write(input, stream));
    fclose(input);
}

/* How each place writes a long option and a letter; "%s" and "%c" stand for them. */
static const struct {
    const char *words;
    void (*write)(FILE *stream);
    const char *name;
    const char *letter;
} places[] = {
    {"help",        help_write,            "--%s",             "-%c, "        },
    {"manual page", manual_of_marks,       "\\fB\\-\\-%s\\fR", "\\fB\\-%c\\fR"},
    {"bash",        completion_bash_write, "--%s ",            "-%c "         },
    {"zsh",         completion_zsh_write,  "--%s",             "-%c"          },
    {"fish",        completion_fish_write, "-l %s ",           "-s %c "       },
};

/* A name as a place writes it: in roff a hyphen is escaped. */
static void place_name(const char *format, const char *name, char *text, size_t size)
{
    char escaped[128];
    size_t length = 0;
    bool roff = strstr(format, "\\-") != NULL;
    for (; *name != '\0'; name++) {
        if (roff && *name == '-') {
            escaped[length++] = '\\';
        }
        escaped[length++] = *name;
    }
    escaped[length] = '\0';
    const char *at = strstr(format, "%s");
    snprintf(text, size, "%.*s%s%s", (int)(at - format), format, escaped, at + 2);
}

static void place_letter(const char *format, char letter, char *text, size_t size)
{
    const char *at = strstr(format, "%c");
    snprintf(text, size, "%.*s%c%s", (int)(at - format), format, letter, at + 2);
}

static void every_option_is_named_everywhere(void **state)
{
    size_t count;
    const struct option_row *rows = option_rows(&count);
    (void)state;
    assert_true(count > 0);
    for (size_t place = 0; place < sizeof places / sizeof places[0]; place++) {
        char *text = written(places[place].write);
        for (size_t i = 0; i < count; i++) {
            char form[160];
            place_name(places[place].name, rows[i].name, form, sizeof form);
            if (strstr(text, form) == NULL) {
                fail_msg("%s: no %s", places[place].words, form);
            }
            if (option_letter(&rows[i]) != '\0') {
                place_letter(places[place].letter, option_letter(&rows[i]), form, sizeof form);
                if (strstr(text, form) == NULL) {
                    fail_msg("%s: no %s", places[place].words, form);
                }
            }
        }
        free(text);
    }
}

static void help_names_kinds_and_codes(void **state)
{
    char *text = written(help_write);
    (void)state;
    for (enum output_kind kind = 0; kind < OUTPUT_KIND_COUNT; kind++) {
        assert_non_null(strstr(text, output_kind_row(kind)->sentence));
    }
    for (enum exit_code code = 0; code < EXIT_CODE_COUNT; code++) {
        char begin[24];
        snprintf(begin, sizeof begin, "\n  %d  %.12s", (int)code, exit_code_meaning(code));
        assert_non_null(strstr(text, begin));
    }
    free(text);
}

static void help_fits_a_terminal(void **state)
{
    char *text = written(help_write);
    (void)state;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (text_width(line) > TEXT_COLUMNS) {
            fail_msg("too wide: %s", line);
        }
    }
    free(text);
}

static void a_template_without_a_mark_is_refused(void **state)
{
    static char template[] = ".\\\" @TITLE@\n.\\\" @OPTIONS@\n.\\\" @KINDS@\n";
    FILE *input = fmemopen(template, sizeof template - 1, "r");
    FILE *stream = fopen("/dev/null", "w");
    (void)state;
    assert_false(manual_write(input, stream));
    fclose(input);
    fclose(stream);
}

/* The page that is installed: MANUAL is its path. */
static void the_manual_page_has_its_sections(void **state)
{
    static const char *const sections[] = {
        "NAME",   "SYNOPSIS",    "DESCRIPTION", "OPTIONS", "OUTPUT",
        "SCREEN", "EXIT STATUS", "EXAMPLES",    "NOTES",
    };
    static char page[65536];
    (void)state;
    FILE *stream = fopen(MANUAL, "r");
    assert_non_null(stream);
    size_t length = fread(page, 1, sizeof page - 1, stream);
    assert_true(length > 0 && length < sizeof page - 1);
    fclose(stream);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        char heading[32];
        snprintf(heading, sizeof heading, "\n.SH %s\n", sections[i]);
        if (strstr(page, heading) == NULL) {
            fail_msg("no section %s", sections[i]);
        }
    }
    assert_null(strstr(page, "@"));
}

/* No two rows may have a name or a letter in common. */
static void rows_differ(void **state)
{
    size_t count;
    const struct option_row *rows = option_rows(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(option_row_find((int)rows[i].id), &rows[i]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(rows[i].name, rows[j].name);
        }
        assert_null(strchr(rows[i].sentence, '\'')); /* shells quote it */
        assert_true((rows[i].argument == ARGUMENT_NONE) == (rows[i].placeholder == NULL));
        assert_true((rows[i].argument == ARGUMENT_WORDS) == (rows[i].words != NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_named_everywhere),
        cmocka_unit_test(help_names_kinds_and_codes),
        cmocka_unit_test(help_fits_a_terminal),
        cmocka_unit_test(a_template_without_a_mark_is_refused),
        cmocka_unit_test(the_manual_page_has_its_sections),
        cmocka_unit_test(rows_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
