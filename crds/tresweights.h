/*
 * tresweights - slurm.conf's text for PriorityWeightTRES: "cpu=1000,gres/gpu:h100=500".
 *
 * TRES are cpu, mem, node, gres/gpu, gres/gpu:TYPE, and of any other device its name as
 * nodes have it, gres/x.org/fpga; in whatever case, each once.
 */
#ifndef GANTRY_CRDS_TRESWEIGHTS_H
#define GANTRY_CRDS_TRESWEIGHTS_H

#include "base/err.h"
#include "base/str.h"
#include "scheduler/tresweight.h"

/* "" is none. ERR_INVALID says what is wrong, and what would be right. */
int tresweights_parse(const char *text, struct tres_weights *ret, struct err *err);
/* The text of these; "" for none. */
void tresweights_format(const struct tres_weights *weights, struct str *out);

#endif
