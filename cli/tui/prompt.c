/* SPDX-License-Identifier: BSD-3-Clause */
/* One line of input. */
#include "cli/tui/prompt.h"

#include <stdio.h>
#include <string.h>

#include "cli/tui/input.h"

void prompt_start(struct prompt *prompt, const char *text)
{
    snprintf(prompt->text, sizeof prompt->text, "%s", text);
    prompt->length = strlen(prompt->text);
    prompt->cursor = prompt->length;
}

static void prompt_insert(struct prompt *prompt, char character)
{
    if (prompt->length + 1 >= sizeof prompt->text) {
        return;
    }
    char *at = prompt->text + prompt->cursor;
    memmove(at + 1, at, prompt->length - prompt->cursor + 1);
    *at = character;
    prompt->length++;
    prompt->cursor++;
}

static void prompt_remove(struct prompt *prompt, size_t at)
{
    if (at < prompt->length) {
        memmove(prompt->text + at, prompt->text + at + 1, prompt->length - at);
        prompt->length--;
        prompt->cursor -= at < prompt->cursor;
    }
}

static void prompt_edit(struct prompt *prompt, int key)
{
    switch (key) {
    case INPUT_BACKSPACE:
        if (prompt->cursor > 0) {
            prompt_remove(prompt, prompt->cursor - 1);
        }
        break;
    case INPUT_DELETE:
        prompt_remove(prompt, prompt->cursor);
        break;
    case INPUT_LEFT:
        prompt->cursor -= prompt->cursor > 0;
        break;
    case INPUT_RIGHT:
        prompt->cursor += prompt->cursor < prompt->length;
        break;
    case INPUT_HOME:
        prompt->cursor = 0;
        break;
    case INPUT_END:
        prompt->cursor = prompt->length;
        break;
    case INPUT_CLEAR:
        prompt_start(prompt, "");
        break;
    default:
        if (key >= ' ' && key < 0x7f) {
            prompt_insert(prompt, (char)key);
        }
        break;
    }
}

enum prompt_result prompt_key(struct prompt *prompt, int key)
{
    if (key == INPUT_ENTER) {
        return PROMPT_DONE;
    }
    if (key == INPUT_ESCAPE) {
        return PROMPT_LEFT;
    }
    prompt_edit(prompt, key);
    return PROMPT_EDITED;
}

void prompt_draw(const struct prompt *prompt, struct area area, const char *label)
{
    int begin = area_text(area, 0, 0, STYLE_LABEL, label);
    struct area field = area_columns(area, begin, area.columns);
    size_t width = field.columns > 0 ? (size_t)field.columns : 1;
    size_t from = prompt->cursor >= width ? prompt->cursor - width + 1 : 0;
    area_text(field, 0, 0, STYLE_INPUT, prompt->text + from);
    const char *under = prompt->text + prompt->cursor;
    area_put(field, (int)(prompt->cursor - from), 0, STYLE_INPUT | STYLE_SELECTED,
             *under != '\0' ? (uint32_t)*under : ' ');
}
