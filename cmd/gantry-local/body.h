/*
 * body - a request's body as a tree: JSON, YAML, or Kubernetes' protobuf of core types.
 */
#ifndef GANTRY_LOCAL_BODY_H
#define GANTRY_LOCAL_BODY_H

#include "cmd/gantry-local/call.h"

/* An object, owned by the caller; NULL after a refusal: 415 for other media types, 400
 * for bad syntax, in the words of Go's library. `type` is what it should be:
 * "ConfigMap". */
struct json *body_parse(struct call *call, const char *type);
/* Its beginning, as a refusal shows it: text where it is an object, else in hex. */
void body_summarize(const struct api_request *req, struct str *out);

#endif
