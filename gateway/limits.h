/* limits.h - the bounds of the egress proxy, each with its reason. */
#ifndef CORDON_GATEWAY_LIMITS_H
#define CORDON_GATEWAY_LIMITS_H

enum {
    LIMIT_HEAD_BYTES = 16 * 1024,  /* of a request's head: what servers commonly take */
    LIMIT_HEADERS = 100,           /* of one request: likewise */
    LIMIT_HEAD_MS = 10000,         /* from the connection to the end of the head: against slow clients */
    LIMIT_RESOLVE_MS = 15000,      /* a name: two servers, each asked once more, as resolvers do */
    LIMIT_RESOLVING_AT_ONCE = 256, /* names of the process, those that nobody waits for any more with them */
    LIMIT_CONNECT_MS = 10000,      /* to one address */
    LIMIT_IDLE_MS = 60000,         /* neither side says anything */
    LIMIT_LINGER_MS = 1000,        /* behind a refusal, for the client to read it */
    LIMIT_LINGER_BYTES = 1024 * 1024, /* of what the client still sends meanwhile */
    LIMIT_CONNECTIONS_AT_ONCE = 32,   /* as many as browsers open, and a thread each */
    LIMIT_CONNECTIONS_TOTAL = 10000,  /* of one cell: a scan ends somewhere */
    LIMIT_EVENTS = 256,               /* kept for the record; more are added to one like them, or counted */
    LIMIT_ANSWER_HEAD_BYTES = 64 * 1024, /* of an answer: servers send long cookies and policies */
    LIMIT_ANSWER_HEADERS = 200,          /* of one answer */
    LIMIT_ANSWER_CHUNK_LINE = 256,       /* of a chunk's size in an answer, extensions with it */
    LIMIT_CHUNK_LINE_BYTES = 64,         /* of a chunk's size line: no extensions */
};

/* Bytes of one connection in one direction. A download fits; filling the host's disk is not here to do. */
#define LIMIT_BYTES ((unsigned long long)256 << 20)

#endif
