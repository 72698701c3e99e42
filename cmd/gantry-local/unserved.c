#include "cmd/gantry-local/unserved.h"

#include <string.h>

#include "base/util.h"

static const struct {
    const char *plural, *sub, *why;
    const char *path_part; /* of a node's path; NULL: nodes are not asked for it */
} unserved[] = {
    {"pods", "exec", "containers are processes of their node's machine: look there",
     "exec"},
    {"pods", "attach", "containers are processes of their node's machine: look there",
     "attach"},
    {"pods", "portforward",
     "connect to the pod's own address (kubectl get pods -o wide) on its node's "
     "machine",
     "portForward"},
    {"pods", "ephemeralcontainers",
     "containers are processes of their node's machine: debug them there", NULL},
    {"pods", "resize", "a pod keeps the requests it was made with", NULL},
    {"pods", "proxy",
     "connect to the pod's own address (kubectl get pods -o wide) on its node's "
     "machine",
     NULL},
    {"services", "proxy",
     "nothing listens at a Service's address: connect to its pods' own addresses "
     "(kubectl get pods -o wide)",
     NULL},
    {"nodes", "proxy", "a node serves the logs of its pods alone: use kubectl logs",
     NULL},
    {"serviceaccounts", "token",
     "there is one token for everybody, that of the server's kubeconfig", NULL},
};

static char *line_of(size_t i)
{
    return xasprintf("gantry-local does not serve %s/%s: %s", unserved[i].plural,
                     unserved[i].sub, unserved[i].why);
}

char *unserved_line(const char *plural, const char *sub)
{
    for (size_t i = 0; i < ARRAY_LEN(unserved); i++)
        if (strcmp(unserved[i].plural, plural) == 0 &&
            strcmp(unserved[i].sub, sub) == 0)
            return line_of(i);
    return NULL;
}

char *unserved_by_node(const char *path_part)
{
    for (size_t i = 0; i < ARRAY_LEN(unserved); i++)
        if (str_eq(unserved[i].path_part, path_part))
            return line_of(i);
    return NULL;
}
