/* What the files of policy share. */
#ifndef GANTRY_SCHEDULER_POLICY_PRIVATE_H
#define GANTRY_SCHEDULER_POLICY_PRIVATE_H

#include "scheduler/policy.h"

/* ---- policy_who.c ---- */

/* For sentences: the job's user. */
const char *policy_who(const struct job *job);

/* ---- policy_qos.c ---- */

/* May the job have the QOS that it has? */
enum reason policy_check_qos(const struct policy *p, const struct job *job,
                             struct str *message);
/* Does the QOS of a partition exist? */
enum reason policy_check_part_qos(const struct policy *p, const struct partition *part,
                                  struct str *message);

#endif
