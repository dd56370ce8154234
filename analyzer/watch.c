/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of what is watched; each part is made and read elsewhere: see watch.h. */
#include "analyzer/watch.h"

#include <stdlib.h>

void watch_clear(struct watch *watch)
{
    imprint_set_clear(&watch->imprints);
    free(watch->end.ahead);
    free(watch->end.early);
    free(watch->window.beyond);
    free(watch->hole);
    free(watch->reinject);
    free(watch->stall.shut);
    free(watch->stall.unmoved);
    free(watch->standstill.passed);
    free(watch->standstill.fin);
    free(watch->course.stalls);
    *watch = (struct watch){0};
}
