/*
 * version - what all programs are of: `--version`, and `-V` of Slurm's commands, print
 * "gantry 0.1".
 */
#ifndef GANTRY_BASE_VERSION_H
#define GANTRY_BASE_VERSION_H

#define GANTRY_VERSION "gantry 0.1"

#endif
