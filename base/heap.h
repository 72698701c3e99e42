/*
 * heap - the first of many again and again, without putting all of them in order.
 *
 * An array of n things of one size, items[0] before all others. To make it takes time
 * in proportion to n, to take the first out that of a few comparisons: for those who
 * rarely go through to the end, or want to pause on the way.
 */
#ifndef GANTRY_BASE_HEAP_H
#define GANTRY_BASE_HEAP_H

#include <stddef.h>

/* Largest size of an item. */
#define HEAP_ITEM_MAX 64

/* As for qsort_r; below zero: the left one comes first. */
typedef int heap_compare_fn(const void *left, const void *right, void *arg);

void heap_make(void *items, size_t n, size_t size, heap_compare_fn *compare, void *arg);
/* Puts the last of n among the others, which are a heap. */
void heap_push(void *items, size_t n, size_t size, heap_compare_fn *compare, void *arg);
/* Takes the first of n, at least 1, to the end: items[n - 1]. The others are the heap.
 */
void heap_pop(void *items, size_t n, size_t size, heap_compare_fn *compare, void *arg);

#endif
