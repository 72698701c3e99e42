/*
 * definitions - Gantry's kinds and policies, crds/ as it was at the build: part of
 * the program, so that it finds them wherever it stands.
 */
#ifndef GANTRY_CRDS_DEFINITIONS_H
#define GANTRY_CRDS_DEFINITIONS_H

#include <stddef.h>

struct definition {
    const char *file;       /* "batchjobs.yaml" */
    const char *text, *end; /* its bytes */
};

/* Kinds before the policies that speak of them. */
extern const struct definition definitions[];
extern const size_t n_definitions;

#endif
