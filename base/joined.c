#include "base/joined.h"

#include <malloc.h>

void free_joined(void)
{
    mallopt(M_MXFAST, 0);
}
