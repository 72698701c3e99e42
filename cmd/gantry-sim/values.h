/*
 * values - numbers of which a mean or a percentile is wanted.
 *
 * The p-th percentile of n values is the ceil(p n / 100)-th smallest; of none all is 0.
 */
#ifndef GANTRY_SIM_VALUES_H
#define GANTRY_SIM_VALUES_H

#include <stddef.h>

/* The caller's memory. */
struct values {
    double *items;
    size_t n;
};

double values_mean(const struct values *v);
void values_sort(struct values *v);
double values_percentile(const struct values *v, size_t percent); /* sorted */

#endif
