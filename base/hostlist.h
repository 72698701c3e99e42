/*
 * hostlist - Slurm's compressed host names: "n[1-3,7],gpu-[001-002]a".
 *
 * Several bracket groups in one name multiply ("r[1-2]n[1-2]"). Leading zeros keep the
 * width. A list expands to at most HOSTLIST_MAX names.
 */
#ifndef GANTRY_BASE_HOSTLIST_H
#define GANTRY_BASE_HOSTLIST_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define HOSTLIST_MAX 65536

struct hostlist {
    char **names; /* in the order of the text; duplicates kept */
    size_t n;
    size_t cap;
};

#define HOSTLIST_AUTO __attribute__((cleanup(hostlist_fini)))

/* `ret` must be zeroed or initialised; names are added to it, none on failure.
 * ERR_INVALID says at which character, ERR_TOO_LARGE past HOSTLIST_MAX. An empty item
 * is wrong, so is a name over 253 characters. */
int hostlist_parse(struct hostlist *ret, const char *text, struct err *err);
void hostlist_add(struct hostlist *hl, const char *name); /* copied */
void hostlist_fini(struct hostlist *hl);
/* Natural order (n2 before n10), duplicates removed. */
void hostlist_sort(struct hostlist *hl);
/* Compressed as Slurm does, neighbours folded in the order of the list:
 * n1 n2 n3 n7 -> "n[1-3,7]". */
void hostlist_format(const struct hostlist *hl, struct str *out);
/* n2 < n10: digits compared as numbers. */
int hostname_compare(const char *a, const char *b);

#endif
