/*
 * refuse - what a pod asks for that no process of this program can be given: another
 * user, rights that the program has not, volumes where the kernel refuses namespaces.
 */
#ifndef GANTRY_LOCAL_REFUSE_H
#define GANTRY_LOCAL_REFUSE_H

#include "base/err.h"
#include "cmd/gantry-local/mountns.h"
#include "cmd/gantry-local/podspec.h"

struct refuse_facts {
    enum mountns_kind view;   /* what the kernel allows */
    const char *view_refusal; /* why not; NULL: it does */
};

/* NULL: nothing. Else the reason (one word, constant), with `err` saying what and why.
 */
const char *refuse_pod(const struct refuse_facts *f, const struct pod_spec *pod,
                       struct err *err);

#endif
