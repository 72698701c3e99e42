/*
 * media - how an answer is to look and what it is written in, as Accept has it.
 *
 *   Accept: application/yaml;as=Table;v=v1;g=meta.k8s.io, application/json;q=0.5
 *
 * Entries are taken best first: by q, then those without "*", then as they stand. The
 * first that the path offers is chosen; where there is no Accept at all, JSON.
 */
#ifndef GANTRY_LOCAL_MEDIA_H
#define GANTRY_LOCAL_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

enum media { MEDIA_JSON, MEDIA_YAML, MEDIA_PROTOBUF };

/* How the answer is to look. */
enum repr {
    REPR_OBJECT,
    REPR_TABLE,
    REPR_PARTIAL,      /* PartialObjectMetadata */
    REPR_PARTIAL_LIST, /* PartialObjectMetadataList */
    REPR_DISCOVERY,
};

/* What a path can answer with, beside the plain document in JSON. */
struct media_offer {
    bool json_only; /* no other type */
    bool is_named;  /* a type must be named: application followed by a star is none */
    bool tables;    /* Table and metadata alone */
    bool discovery; /* APIGroupDiscoveryList */
    bool is_custom; /* no objects in protobuf, only metadata alone */
    bool streams;   /* may be watched: the refusal names those types, too */
};

struct media_choice {
    enum media media;
    enum repr repr;
    bool pretty; /* the entry says so */
};

/* False: nothing that is offered is accepted; *ret is untouched. */
bool media_choose(const char *accept, const struct media_offer *offer,
                  struct media_choice *ret);

/* Why not, as Kubernetes words it: heap. *ret_unnamed: a type had to be named. */
char *media_refusal(const char *accept, const struct media_offer *offer,
                    bool *ret_unnamed);

/* "application/yaml" */
const char *media_type(enum media media);

/* The types in which a watch can be written: for its refusal. */
extern const char media_streams[];

#endif
