/*
 * patch_request - the body of a PATCH: of which of the four types it is, and what it
 * makes of a document.
 */
#ifndef GANTRY_LOCAL_PATCH_REQUEST_H
#define GANTRY_LOCAL_PATCH_REQUEST_H

#include "cmd/gantry-local/call.h"

enum patch_type { PATCH_JSON, PATCH_MERGE, PATCH_STRATEGIC, PATCH_APPLY };

struct patch_request {
    enum patch_type type;
    struct json *body;
};

#define PATCH_REQUEST_AUTO __attribute__((cleanup(patch_request_fini)))

/* 415 for a type that the call's kind does not take, 400 for what does not parse. */
int patch_request_read(struct patch_request *ret, struct call *call);
void patch_request_fini(struct patch_request *p);
/* The document patched, the caller's; NULL: refused. Not for PATCH_APPLY. `schema` says
 * how strategic patches merge lists; NULL: they replace them. */
struct json *patch_request_apply(const struct patch_request *p, struct call *call,
                                 const struct json *document,
                                 const struct schema *schema);

#endif
