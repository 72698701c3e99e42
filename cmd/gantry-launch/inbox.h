/*
 * inbox - signals that come as a file: lines of base/siglist.h, in order.
 *
 * The file is a field of our own pod (a downward-API volume), or what a node of process
 * pods writes; either puts a longer one into the place of the other. Each line is taken
 * once. A file that is not there yet has no lines.
 */
#ifndef GANTRY_LAUNCH_INBOX_H
#define GANTRY_LAUNCH_INBOX_H

#include "base/siglist.h"

struct inbox {
    char *path; /* NULL: nothing ever comes */
    int fd;     /* becomes readable when there may be news; -1: look now and then */
    struct str text; /* as read last */
    size_t taken;    /* lines of it */
};

/* The file that GANTRY_SIGNALS names. */
void inbox_open(struct inbox *in);
void inbox_close(struct inbox *in);
/* Reads what there is now. */
void inbox_look(struct inbox *in);
/* The next line; false: there is none yet. */
bool inbox_take(struct inbox *in, struct siglist_item *ret);
/* How long to wait at most before the next look; -1: until fd says so. */
int inbox_patience_ms(const struct inbox *in);

#endif
