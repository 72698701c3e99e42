/*
 * siglist - signals for the processes of a pod: a text that only grows.
 *
 *   USR1 Batch a1          a line each, in order: signal, whom it is for, whose word
 *   TERM All @time-limit   it is
 *
 * The controller adds lines to an annotation of the pod; whoever delivers counts the
 * lines that it has seen, so that none is delivered twice and none is lost, however
 * many come at once. What stands behind the last newline is no line yet. Ids are any
 * text; in the list they have no blanks. NULL is the id of what is sent by itself
 * before the time limit ends.
 */
#ifndef GANTRY_BASE_SIGLIST_H
#define GANTRY_BASE_SIGLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define SIGLIST_MAX (64u << 10)

enum siglist_scope {
    SIGLIST_ALL,   /* every process of the container */
    SIGLIST_BATCH, /* the batch script alone */
};

struct siglist_item {
    int signo; /* 0: a line that cannot be read */
    enum siglist_scope scope;
};

void siglist_add(struct str *text, const struct siglist_item *item, const char *id);
/* `text` NULL: there are none. */
bool siglist_has(const char *text, const char *id);
/* The i-th line, from 0. False: there are no more. */
bool siglist_get(const char *text, size_t i, struct siglist_item *ret);

#endif
