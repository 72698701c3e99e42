/*
 * conform_run - one case of the conformance suite, played to one server.
 *
 * A case is a document:
 *
 *   case: a short name, unlike any other of the file
 *   steps:                     in order; each has one of ask, watch, events, close
 *   - ask: POST /api/v1/namespaces/$ns/pods       (text in "$": conform_names.h)
 *     type: merge              content type of the body: json (default), yaml, merge,
 *                              jsonpatch, strategic, apply, protobuf, or in full
 *     accept: table            json (default), table, metadata, metadata-list,
 *                              discovery, protobuf, or in full
 *     body: {...}              sent as JSON; or
 *     text: "..."              sent as it is; or
 *     base64: "..."            sent decoded; or
 *     file: crds/x.yaml        its one document, sent as JSON
 *     grow: {path: data.k, bytes: 100}            a text of that length in the body
 *     save: {pod: metadata.name}                  kept from the answer, as $pod
 *     until: {path: status.phase, is: Active}     asks again until it is so; path
 *                              "code" is the HTTP status
 *     quiet: true              nothing of the answer is recorded
 *     managed: true            metadata.managedFields is recorded; else it is left out
 *     only: [path, ...]        of the body, nothing else is recorded
 *     without: [path, ...]     of the body, all but these
 *     unordered: [path, ...]   the lines of these texts are sorted: the server gathers
 *                              them from a map, each time in another order
 *     verbatim: true           the body is recorded as text also where it is JSON
 *   - watch: /api/v1/namespaces/$ns/pods?watch=1  opened, and its events gathered
 *     as: w                    under this name ("w")
 *     accept: as above
 *   - events: w                the next ones are recorded; managed, only and without
 *     count: 2                 are for each, {type, object}
 *   - close: w
 *
 * An answer in protobuf is recorded as the JSON that it reads as, and must be, byte for
 * byte, what that JSON is written as.
 *
 * Every case gets a namespace, $ns, made for it and unlike any other; $v1 is its path,
 * /api/v1/namespaces/$ns. Bookmarks are
 * passed over, the one that ends the initial events excepted: they come when the clock
 * has it. In paths, fields and indices are joined by dots.
 *
 * The answer is a document {case, answers}, plain (conform_names.h): for each recorded
 * step {ask, code, type (if not JSON), warning, retryAfter, body | text} or {events,
 * code (if not 200), ended}.
 */
#ifndef GANTRY_TESTS_SUPPORT_CONFORM_RUN_H
#define GANTRY_TESTS_SUPPORT_CONFORM_RUN_H

#include "base/json.h"
#include "base/loop.h"
#include "kubeclient/transport.h"

struct conform_server {
    struct loop *loop;
    struct transport *transport;
    const char *run;  /* a few letters and digits: part of the namespaces' names */
    const char *root; /* directory that `file` is relative to */
};

/* `id` is unlike any other case's: "pods/is given defaults". NULL on error: the case
 * makes no sense, or the server cannot be reached. */
struct json *conform_run(const struct conform_server *server, const char *id,
                         const struct json *case_, struct err *err);

#endif
