/*
 * script - the batch script as a file, and what runs it.
 *
 * It comes as text in GANTRY_SCRIPT or as a file named by GANTRY_SCRIPT_FILE. The text
 * is written to `slurm_script` in a directory of its own, which also has `bin/srun`, a
 * stand-in that says that there are no job steps (srun.h). The interpreter is run
 * directly, as the kernel would: so a script on a file system without the right to
 * execute runs too, and one whose interpreter is missing is named as that.
 */
#ifndef GANTRY_LAUNCH_SCRIPT_H
#define GANTRY_LAUNCH_SCRIPT_H

#include "base/err.h"

#define SCRIPT_LINE_MAX 4096 /* of its first line */

struct script {
    char *path;
    char *interpreter;
    char *argument; /* the one behind the interpreter; NULL */
    char *dir;      /* ours, with everything in it; NULL: none could be made */
};

/* Reads the first line "#! PATH [ARGUMENT]" as Linux does. ERR_INVALID. */
int script_first_line(struct script *s, const char *text, struct err *err);

/* Takes the script from the environment. ERR_INVALID: there is none, or it names no
 * interpreter; ERR_IO: it can be neither read nor written anywhere. */
int script_open(struct script *s, struct err *err);
/* Removes what was written. */
void script_close(struct script *s);

#endif
