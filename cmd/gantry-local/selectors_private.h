/* selectors_private - what the two grammars of selectors share. */
#ifndef GANTRY_LOCAL_SELECTORS_PRIVATE_H
#define GANTRY_LOCAL_SELECTORS_PRIVATE_H

#include "cmd/gantry-local/selectors.h"

/* The new, last term. */
struct term *selector_add(struct selector *s, char *take_key);

#endif
