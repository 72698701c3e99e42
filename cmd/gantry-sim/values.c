#include "cmd/gantry-sim/values.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double values_mean(const struct values *v)
{
    double sum = 0;
    for (size_t i = 0; i < v->n; i++)
        sum += v->items[i];
    return v->n > 0 ? sum / (double)v->n : 0;
}

double values_percentile(const struct values *v, size_t percent)
{
    return v->n > 0 ? v->items[(v->n * percent + 99) / 100 - 1] : 0;
}

void values_sort(struct values *v)
{
    if (v->n > 0)
        qsort(v->items, v->n, sizeof(*v->items), by_value);
}
