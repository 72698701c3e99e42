/*
 * autoscaler - HorizontalPodAutoscalers of autoscaling/v1 and v2: one kind, two forms.
 *
 * They are stored as v2. The first version knows one metric, what pods use of their
 * CPUs; the others, how fast to scale and what was measured stand there in annotations
 * (autoscaling.alpha.kubernetes.io/metrics, behavior, conditions, current-metrics).
 */
#ifndef GANTRY_LOCAL_AUTOSCALER_H
#define GANTRY_LOCAL_AUTOSCALER_H

#include "base/json.h"

/* What the names of these annotations begin with. */
#define AUTOSCALER_NOTE "autoscaling.alpha.kubernetes.io/"

/* In place. An annotation that cannot be read is none, and so is what is of a wrong
 * type in one. */
void autoscaler_to_v2(struct json *hpa);
void autoscaler_from_v2(struct json *hpa);

#endif
