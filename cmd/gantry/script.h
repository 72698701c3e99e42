/*
 * script - a batch script: where it comes from, whether it is one, what its #SBATCH
 * lines ask for.
 *
 * Lines are read up to the first that is neither empty nor a comment, as Slurm does;
 * nothing is expanded. In a line quotes hold words together, and '#' begins a comment.
 */
#ifndef GANTRY_CLI_SCRIPT_H
#define GANTRY_CLI_SCRIPT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"
#include "cmd/gantry/submit.h"

/* What an object of the API may hold, with room for the rest of it. */
#define SCRIPT_MAX (900u << 10)

struct script {
    struct str text;
    char *name;     /* "train.sbatch": in errors */
    char *job_name; /* the name of a job that is given none */
};
#define SCRIPT_AUTO __attribute__((cleanup(script_fini)))

void script_init(struct script *s);
void script_fini(struct script *s);

/* A file, looked for in PATH too when it has no slash. */
int script_read_file(struct script *s, const char *path, struct err *err);
int script_read_stream(struct script *s, FILE *in, struct err *err);
void script_wrap(struct script *s, const char *command);

/* It has a first line with an interpreter, UNIX line ends and no NUL. */
int script_check(const struct script *s, struct err *err);
/* Takes what #SBATCH lines ask for; a line "hetjob" begins the next component. Errors
 * name the line. #PBS and #BSUB lines are refused unless `ignore_pbs` or the script
 * itself says that they are comments. */
int script_directives(const struct script *s, struct submit *submit, bool ignore_pbs,
                      struct err *err);

#endif
