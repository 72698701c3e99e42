/*
 * scontrol - what the files of scontrol share: one run of the command, its connection
 * and what it prints; its keywords.
 *
 * Slurm's messages stand on stderr as they are, without the program's name.
 */
#ifndef GANTRY_CLI_SCONTROL_H
#define GANTRY_CLI_SCONTROL_H

#include "cmd/gantry/api.h"
#include "cmd/gantry/joblist.h"
#include "cmd/gantry/parts.h"
#include "cmd/gantry/users.h"

struct scontrol {
    const struct cli *cli;
    struct api_options options;
    struct api api;
    bool is_open;
    struct users *users;
    struct apart *apart; /* scontrol_set_apart */
    bool one_line, json, quiet;
    bool all, hide;            /* of partitions: hidden.h */
    const char *controller_ns; /* clusterconf.h */
};

/* `argv` begins with the keyword; the exit status. */
typedef int scontrol_fn(struct scontrol *s, int argc, char **argv);

scontrol_fn scontrol_show, scontrol_hold, scontrol_uhold, scontrol_release,
    scontrol_requeue, scontrol_requeuehold, scontrol_update, scontrol_create,
    scontrol_delete, scontrol_ping;
/* The entities of show that need no server, and config. */
scontrol_fn scontrol_hostnames, scontrol_hostlist, scontrol_hostlistsorted,
    scontrol_config;

struct changes;
struct change_row;
/* Of reservations: all, or one by its name. */
int scontrol_show_resvs(struct scontrol *s, const char *id);
/* Licences, likewise. */
int scontrol_show_licenses(struct scontrol *s, const char *id);
/* Switches or blocks: all, one by its name, or those around a node. */
int scontrol_show_topology(struct scontrol *s, const char *id);
int scontrol_update_resv(struct scontrol *s, const struct changes *changes);
/* Jobs: "42,43" or "jobname=x"; nodes: a hostlist or "ALL"; one partition. The exit
 * status. */
int scontrol_update_jobs(struct scontrol *s, const struct changes *changes,
                         const char *which);
int scontrol_update_nodes(struct scontrol *s, const struct changes *changes,
                          const char *which);
int scontrol_update_partition(struct scontrol *s, const struct changes *changes,
                              const char *name);
/* Are all words understood, and do they change something? EXIT_ERROR: said why not. */
int scontrol_check_changes(const struct scontrol *s, const struct change_row *table,
                           const struct changes *changes);

/* Opens the connection, if that was not done. -1: said why. */
int scontrol_connect(struct scontrol *s);
/* A line on stderr. Returns EXIT_ERROR. */
int scontrol_fail(const struct scontrol *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Whole jobs, or with JOB_APART (joblist.h) their components, with the partitions'
 * defaults in them. -1: said why. */
int scontrol_jobs(struct scontrol *s, unsigned about, struct joblist *jobs,
                  struct partlist *parts);

/* Whether `word` is `name` or begins it with three letters at least; in any case. */
bool scontrol_is(const char *word, const char *name);

/* Calls it for each id that operands name, jobname= left out. */
void scontrol_each_id(char **words, void (*fn)(void *arg, const char *id), void *arg);
/* Has those tasks of arrays that operands name and that have no BatchJob of their own
 * split off, held, and lists all jobs anew if there were any. -1: said why not. */
int scontrol_set_apart(struct scontrol *s, struct joblist *jobs, struct partlist *parts,
                       char **words);
/* Has it been, by this command? *ret_hold is how its array was held; NULL: not. */
bool scontrol_is_apart(const struct scontrol *s, const struct jobrow *r,
                       const char **ret_hold);
void scontrol_apart_free(struct scontrol *s);
/* What is done to a component that operands name. False: it cannot be done to one
 * alone. */
struct scontrol_components {
    bool (*fn)(void *arg, const struct jobrow *r, int64_t component);
    void *arg;
};
/* The jobs that operands name: "42", "42,43", "jobid=42", "jobname=x", in order. Those
 * that do not exist, and components (NULL: all), are said and counted in *ret_missing.
 * Heap, of lent rows. */
const struct jobrow **scontrol_pick(const struct scontrol *s,
                                    const struct joblist *jobs, char **words,
                                    const struct scontrol_components *components,
                                    size_t *ret_n, size_t *ret_missing);
/* A change of a job's spec: `spec` is taken over. -1: said why. */
int scontrol_patch_job(struct scontrol *s, const struct jobrow *r, struct json *spec);
/* The time limit of one component, as it is. -1: nobody understands it. */
int scontrol_component_limit(const struct jobrow *r, int64_t component,
                             int64_t *ret_sec);
/* Changes it (NULL: it has none of its own); that of the first one is the job's, and
 * the others keep theirs. -1: said why not. */
int scontrol_patch_component(struct scontrol *s, const struct jobrow *r,
                             int64_t component, const char *limit);
/* Says "<why> for job 42". Returns EXIT_ERROR. */
int scontrol_job_fail(const struct scontrol *s, const struct jobrow *r,
                      const char *why);

#endif
