/*
 * cycle - when the controller thinks: steps of the core, turns of reconciling, sweeps.
 *
 *   step    what the core was told becomes decisions, a little after the last telling
 *   turn    records that changed are reconciled, each once, in the order in which they
 *           changed, after the callback that changed them
 *   sweep   every 5 s: what only the passing of time makes due (launch deadlines, ttl)
 */
#ifndef GANTRY_CONTROLLER_CYCLE_H
#define GANTRY_CONTROLLER_CYCLE_H

struct controller;
struct record;

void cycle_start(struct controller *ctl);
void cycle_stop(struct controller *ctl);
/* The core was told something. */
void cycle_want(struct controller *ctl);
/* The record is to be reconciled in this turn. */
void cycle_add(struct controller *ctl, struct record *r);

#endif
