/*
 * svg - a history as a picture.
 *
 *   n1 |##### row 2 ####|..............|     a row for each node, in it a lane for each
 *   n2 |== row 3 ==|####| row 4  ######|     GPU (CPU where there are none); a colour
 *      +-------------------------------     for each account
 *   waiting jobs over time, and the part of the GPUs in use
 *
 * Boxes that are large enough carry the row of their job. Nodes that a reservation has
 * are hatched in its time, with its name. The picture depends on the history only.
 */
#ifndef GANTRY_SIM_SVG_H
#define GANTRY_SIM_SVG_H

#include "base/str.h"
#include "cmd/gantry-sim/history.h"
#include "cmd/gantry-sim/pool.h"
#include "cmd/gantry-sim/workload.h"

void svg_draw(const struct pool *pool, const struct workload *load,
              const struct history *h, struct str *out);

#endif
