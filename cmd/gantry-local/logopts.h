/*
 * logopts - what may be asked of a log, in a request's query: to the API server's
 * pods/log and to a kubelet's containerLogs alike.
 */
#ifndef GANTRY_LOCAL_LOGOPTS_H
#define GANTRY_LOCAL_LOGOPTS_H

#include "cmd/gantry-local/call.h"

struct logopts {
    const char *container; /* of pods/log; lent by the call; NULL */
    bool follow, previous, timestamps;
    int64_t tail_lines, limit_bytes, since_sec; /* -1: not given */
    const char *since_time;                     /* as given; lent; NULL */
    int64_t since_time_sec;                     /* the same */
};

/* -1: refused, in the words of a real server; `pod` is the name there. */
int logopts_read(struct call *call, const char *pod, struct logopts *ret);
/* As a query for a kubelet, in the order in which Go prints it: "follow=true&..."; ""
 * where nothing is asked. */
void logopts_print(const struct logopts *o, struct str *out);

#endif
