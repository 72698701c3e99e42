/*
 * program - a program of ours, started by a test: what it says and how it ends.
 *
 *   struct program p;
 *   program_start(&p, dir, (const char *[PROGRAM_ARGS_MAX]){"gantry-local", "serve"});
 *   ck_assert_int_eq(program_end(&p), 2);
 *   program_fini(&p);
 *
 * Programs are those of the environment's BIN; HOME is `root`, and no kubeconfig is in
 * their environment. One that neither speaks nor ends for 30 s fails the test. They do
 * not outlive it.
 */
#ifndef GANTRY_TESTS_SUPPORT_PROGRAM_H
#define GANTRY_TESTS_SUPPORT_PROGRAM_H

#include <sys/types.h>

#include "base/str.h"

#define PROGRAM_ARGS_MAX 10

struct program {
    pid_t pid;
    int out;         /* its standard output and error */
    struct str said; /* by both, so far */
};

/* `args`: the program's name, then its arguments, in which '@' stands for `root`; NULL
 * ends them, or PROGRAM_ARGS_MAX. */
void program_start(struct program *p, const char *root, const char *const *args);
/* With that many descriptors at most; 0: as the test. */
void program_start_limited(struct program *p, const char *root, const char *const *args,
                           unsigned files);
/* Fails the test when it ends without having said `part`. */
void program_until(struct program *p, const char *part);
/* Waits for its end; the exit status. */
int program_end(struct program *p);
/* SIGTERM, then as program_end. */
int program_stop(struct program *p);
void program_fini(struct program *p);

/* `text` with `root` in place of its '@'; heap. */
char *program_argument(const char *root, const char *text);

#endif
