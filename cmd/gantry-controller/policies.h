/*
 * policies - partitions, QOS, accounts, reservations: kinds that the core is told of as
 * they are.
 *
 * An object that cannot be converted is as good as absent, and a line is logged.
 */
#ifndef GANTRY_CONTROLLER_POLICIES_H
#define GANTRY_CONTROLLER_POLICIES_H

#include <stdbool.h>

#include "kubeclient/cache.h"

struct controller;

enum policy_kind {
    POLICY_PARTITION,
    POLICY_QOS,
    POLICY_ACCOUNT,
    POLICY_RESERVATION,
    POLICY_COUNT
};

extern const struct kc_resource partition_resource, qos_resource, account_resource;

void policies_start(struct controller *ctl);
void policies_stop(struct controller *ctl);
/* Does each have its first list? */
bool policies_are_synced(const struct controller *ctl);

#endif
