#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_GUARDS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_GUARDS 1
#endif
#endif
#ifdef ARENA_GUARDS
#include <sanitizer/asan_interface.h>
#define REGION_CLOSE(from, size) ASAN_POISON_MEMORY_REGION(from, size)
#define REGION_OPEN(from, size)  ASAN_UNPOISON_MEMORY_REGION(from, size)
/* A closed gap behind each piece, so that the sanitizer sees an overrun inside a chunk. */
enum { GAP_BYTES = 16 };
#else
#define REGION_CLOSE(from, size) ((void)0)
#define REGION_OPEN(from, size)  ((void)0)
enum { GAP_BYTES = 0 };
#endif

enum { ALIGNMENT = 16, FIRST_CHUNK_BYTES = 16 * 1024, LARGEST_STEP_BYTES = 4 * 1024 * 1024 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t size_bytes; /* of data */
    size_t used_bytes;
    _Alignas(ALIGNMENT) unsigned char data[];
};

void arena_init(struct arena *arena, size_t cap_bytes)
{
    *arena = (struct arena){.cap_bytes = cap_bytes};
}

static void chunks_free(struct arena_chunk *chunk)
{
    while (chunk) {
        struct arena_chunk *next = chunk->next;
        REGION_OPEN(chunk->data, chunk->size_bytes);
        free(chunk);
        chunk = next;
    }
}

void arena_clear(struct arena *arena)
{
    chunks_free(arena->chunk);
    arena_init(arena, arena->cap_bytes);
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk **largest = &arena->chunk;
    for (struct arena_chunk **at = &arena->chunk; *at; at = &(*at)->next)
        if ((*at)->size_bytes > (*largest)->size_bytes) largest = at;
    struct arena_chunk *kept = *largest;
    if (!kept) return;
    *largest = kept->next;
    chunks_free(arena->chunk);
    kept->next = NULL;
    kept->used_bytes = 0;
    REGION_CLOSE(kept->data, kept->size_bytes);
    *arena = (struct arena){.chunk = kept,
                            .used_bytes = kept->size_bytes,
                            .cap_bytes = arena->cap_bytes,
                            .journal = arena->journal};
}

static struct arena_chunk *chunk_add(struct arena *arena, size_t needed_bytes)
{
    size_t size_bytes = arena->chunk ? 2 * arena->chunk->size_bytes : FIRST_CHUNK_BYTES;
    if (size_bytes > LARGEST_STEP_BYTES) size_bytes = LARGEST_STEP_BYTES;
    if (size_bytes < needed_bytes) size_bytes = needed_bytes;
    size_t left_bytes = arena->cap_bytes > arena->used_bytes ? arena->cap_bytes - arena->used_bytes : 0;
    if (size_bytes > left_bytes) size_bytes = left_bytes;
    struct arena_chunk *chunk = size_bytes >= needed_bytes ? pages_alloc(sizeof *chunk + size_bytes) : NULL;
    if (!chunk) {
        arena->is_exhausted = true;
        return NULL;
    }
    *chunk = (struct arena_chunk){.next = arena->chunk, .size_bytes = size_bytes};
    REGION_CLOSE(chunk->data, size_bytes);
    arena->chunk = chunk;
    arena->used_bytes += size_bytes;
    return chunk;
}

static void piece_note(struct arena_journal *journal, void *piece, size_t size_bytes)
{
    if (journal->count == journal->capacity) {
        uint32_t capacity = journal->capacity ? 2 * journal->capacity : 1024;
        struct arena_piece *items = reallocarray(journal->items, capacity, sizeof *items);
        if (!items) {
            journal->is_exhausted = true;
            return;
        }
        journal->items = items;
        journal->capacity = capacity;
    }
    journal->items[journal->count++] = (struct arena_piece){piece, size_bytes};
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
    if (size_bytes > SIZE_MAX / 2) {
        arena->is_exhausted = true;
        return NULL;
    }
    size_t rounded = (size_bytes + GAP_BYTES + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (rounded == 0) rounded = ALIGNMENT;
    struct arena_chunk *chunk = arena->chunk;
    if (!chunk || chunk->size_bytes - chunk->used_bytes < rounded) chunk = chunk_add(arena, rounded);
    if (!chunk) return NULL;
    void *piece = chunk->data + chunk->used_bytes;
    chunk->used_bytes += rounded;
    REGION_OPEN(piece, size_bytes);
    if (arena->journal) piece_note(arena->journal, piece, size_bytes);
    return memset(piece, 0, size_bytes);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t item_bytes)
{
    size_t size_bytes;
    if (__builtin_mul_overflow(count, item_bytes, &size_bytes)) size_bytes = SIZE_MAX;
    return arena_alloc(arena, size_bytes);
}

struct view arena_copy(struct arena *arena, struct view text)
{
    char *copy = arena_alloc(arena, text.length + 1);
    if (!copy) return (struct view){0};
    if (text.length) memcpy(copy, text.bytes, text.length);
    return view_make(copy, text.length);
}

struct view arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);
    if (text) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text ? view_make(text, (size_t)length) : (struct view){0};
}
