/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the text report is painted and laid out. Colours only repeat what words say.
 */
#include "cli/report_text.h"
#include "cli/text_wrap.h"

#define LABEL_COLUMN 12

const char *text_paint(const struct text *text, enum text_paint paint)
{
    static const char *const sequences[] = {
        [PAINT_NONE] = "",
        [PAINT_HEADING] = "\033[1m",
        [PAINT_FAINT] = "\033[2m",
        [PAINT_GOOD] = "\033[32m",
        [PAINT_NOTE] = "\033[36m",
        [PAINT_WARNING] = "\033[1;33m",
        [PAINT_ERROR] = "\033[1;31m",
    };
    return text->style->colour ? sequences[paint] : "";
}

const char *text_unpaint(const struct text *text)
{
    return text->style->colour ? "\033[0m" : "";
}

enum text_paint severity_paint(enum mpta_severity severity)
{
    static const enum text_paint paints[] = {
        [MPTA_NOTE] = PAINT_NOTE,
        [MPTA_WARNING] = PAINT_WARNING,
        [MPTA_ERROR] = PAINT_ERROR,
    };
    return paints[severity];
}

const char *text_arrow(const struct text *text, enum mpta_side sender)
{
    static const char *const arrows[2][2] = {
        [MPTA_CLIENT] = {"->", "\xe2\x86\x92"},
        [MPTA_SERVER] = {"<-", "\xe2\x86\x90"},
    };
    return arrows[sender][text->style->utf8];
}

void text_labelled(const struct text *text, enum text_paint paint, const char *label,
                   const struct text_line *line)
{
    if (line->length > 0) {
        fprintf(text->stream, "  %s%-*s%s", text_paint(text, paint), LABEL_COLUMN - 2, label,
                text_unpaint(text));
        text_wrap(text->stream, LABEL_COLUMN, LABEL_COLUMN, line->text);
    }
}

void text_table_style(const struct text *text, struct table *table)
{
    table->indent = 2;
    table->title_paint = text_paint(text, PAINT_FAINT);
    table->unpaint = text_unpaint(text);
}
