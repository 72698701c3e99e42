/*
 * job - the labels by which a Job of batch/v1 knows its pods.
 *
 * Unless somebody chose a selector by hand, the API server makes it of the Job's uid,
 * and labels the template so.
 */
#ifndef GANTRY_LOCAL_JOB_H
#define GANTRY_LOCAL_JOB_H

#include "cmd/gantry-local/write.h"

void job_prepare(struct write *w);

#endif
