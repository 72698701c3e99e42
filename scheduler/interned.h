/*
 * interned - names, each kept once, so that equal ones have one address: a key of a
 * hash can have that instead of the text.
 */
#ifndef GANTRY_SCHEDULER_INTERNED_H
#define GANTRY_SCHEDULER_INTERNED_H

struct interned_name;

/* All zero is empty. */
struct interned {
    struct interned_name *all; /* hash */
};

/* Its one address; NULL: it has not been seen. Lent until interned_fini. */
const char *interned_find(const struct interned *names, const char *name);
/* Likewise; kept from now on. */
const char *interned_get(struct interned *names, const char *name);
/* Empty again. */
void interned_fini(struct interned *names);

#endif
