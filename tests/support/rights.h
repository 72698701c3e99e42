/*
 * rights - what RBAC objects of a manifest allow a service account, held against the
 * requests of a program: for tests that show that it needs no more and no less.
 *
 *   struct rights *rights = rights_read("manifests/rbac/nodes.yaml", "gantry-node");
 *   transport = rights_guard(rights, transport);
 *   ... what the program does; a request that is not allowed fails the test ...
 *   rights_unused(rights, &out); // "watch secrets\n": nobody asked for that
 *
 * A request without a namespace needs a ClusterRoleBinding, as on a server. Paths
 * outside of /api/v1 and /apis/GROUP/VERSION are free, as /version is to everybody.
 * Subjects other than the account, aggregated roles and nonResourceURLs are not known.
 */
#ifndef GANTRY_TESTS_SUPPORT_RIGHTS_H
#define GANTRY_TESTS_SUPPORT_RIGHTS_H

#include "base/err.h"
#include "base/str.h"
#include "kubeclient/transport.h"

struct rights;

/* Fails the test where the file cannot be read, or gives the account nothing. */
struct rights *rights_read(const char *path, const char *account);
void rights_free(struct rights *rights); /* NULL is fine */

/* -1 with err when it is not allowed. */
int rights_check(struct rights *rights, const struct transport_request *req,
                 struct err *err);
/* Holds what passes to rights_check. `inner` is taken over, `rights` lent. */
struct transport *rights_guard(struct rights *rights, struct transport *inner);

/* The pairs of verb and resource ("pods/binding", "batchjobs.gantry.dev") that no
 * request has used so far, one a line, in the order of the file. */
void rights_unused(const struct rights *rights, struct str *out);

#endif
