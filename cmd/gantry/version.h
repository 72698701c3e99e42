/*
 * version - what this program calls itself; `-V` of Slurm's commands prints
 * "gantry 0.1".
 */
#ifndef GANTRY_CLI_VERSION_H
#define GANTRY_CLI_VERSION_H

#define GANTRY_VERSION "gantry 0.1"

#endif
