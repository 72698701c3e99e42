#include "base/joined.h"

#include <malloc.h>
#include <stdlib.h>

/* For which all that lies there is looked at. */
#define SORTING_SIZE 2048

void freed_sort(void)
{
    void *volatile any = malloc(SORTING_SIZE);

    free(any);
}

void free_joined(void)
{
    mallopt(M_MXFAST, 0);
}
