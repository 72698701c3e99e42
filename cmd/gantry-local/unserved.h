/*
 * unserved - what people ask of a pod or a service account in a Kubernetes that neither
 * the API server here nor the nodes serve: why, and what to do instead.
 */
#ifndef GANTRY_LOCAL_UNSERVED_H
#define GANTRY_LOCAL_UNSERVED_H

/* A line about a subresource ("pods", "exec"), fresh; NULL: nothing is known of it. */
char *unserved_line(const char *plural, const char *sub);
/* The same by the first part of a node's path: "portForward". */
char *unserved_by_node(const char *path_part);

#endif
