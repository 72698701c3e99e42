/*
 * service - the addresses and ports that the API server itself gives to Services.
 *
 * As on a real server each Service gets a cluster IP, and a node port for each of its
 * ports where its type has such. Nothing listens there: no proxy runs here. What was
 * given stays the Service's own until it goes, or changes to a type that has none.
 */
#ifndef GANTRY_LOCAL_SERVICE_H
#define GANTRY_LOCAL_SERVICE_H

#include "cmd/gantry-local/check.h"
#include "cmd/gantry-local/write.h"

#define SERVICE_NODE_PORT_MIN 30000
#define SERVICE_NODE_PORT_MAX 32767

/* Takes over what `before` was given, and drops what the new type does not have. */
void service_prepare(struct write *w);
/* Gives what is missing; 422 for what was asked for and cannot be had. */
int service_commit(struct write *w);
/* The list of addresses follows from the one that is said; nobody owns it then. */
int service_admit(struct write *w);
/* What is wrong with a Service by itself. */
void service_check(const struct check *c);

/* By its type: has it a cluster IP ("None" is one, too), or node ports? */
bool service_has_ip(const struct json *service);
bool service_has_node_ports(const struct json *service);
bool service_uses_node_port(const struct json *service, int64_t number);
/* May it be reached from outside of a cluster? */
bool service_is_external(const struct json *service);

#endif
