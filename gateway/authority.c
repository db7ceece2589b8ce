#include "gateway/authority.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/tls_library.h"

/* Hosts of one cell; beyond them certificates are made for each connection. */
enum { HOSTS_MAX = 64, VALID_SECONDS = 7 * 24 * 3600, CLOCKS_DIFFER_SECONDS = 3600 };

struct leaf {
    char host[256];
    X509 *certificate;
};

struct authority {
    const struct tls_library *library;
    EVP_PKEY *key, *leaf_key; /* of the authority; of every host */
    X509 *certificate;
    SSL_CTX *context;
    char *pem;
    size_t pem_length;
    pthread_mutex_t lock; /* of the leaves */
    struct leaf leaves[HOSTS_MAX];
    uint32_t leaf_count;
};

static bool extension_add(const struct tls_library *library, X509 *certificate, X509 *issuer, int kind,
                          const char *value)
{
    X509V3_CTX context = {0};
    library->X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = library->X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool is_added = extension && library->X509_add_ext(certificate, extension, -1) == 1;
    library->X509_EXTENSION_free(extension);
    return is_added;
}

/* All but the extensions and the signature. */
static X509 *certificate_start(const struct tls_library *library, const char *name, EVP_PKEY *key)
{
    uint64_t serial = 0;
    X509 *certificate = library->X509_new();
    if (!certificate) return NULL;
    X509_NAME *subject = library->X509_get_subject_name(certificate);
    bool is_made =
        library->RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 &&
        library->X509_set_version(certificate, X509_VERSION_3) == 1 &&
        library->ASN1_INTEGER_set_uint64(library->X509_get_serialNumber(certificate), serial >> 1 | 1) == 1 &&
        library->X509_gmtime_adj(library->X509_getm_notBefore(certificate), -CLOCKS_DIFFER_SECONDS) &&
        library->X509_gmtime_adj(library->X509_getm_notAfter(certificate), VALID_SECONDS) &&
        library->X509_set_pubkey(certificate, key) == 1 &&
        library->X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
                                            0) == 1;
    if (is_made) return certificate;
    library->X509_free(certificate);
    return NULL;
}

/* May sign certificates of servers and nothing that signs. */
static X509 *root_make(const struct tls_library *library, EVP_PKEY *key)
{
    X509 *root = certificate_start(library, "cordon: authority of one cell", key);
    bool is_made = root && library->X509_set_issuer_name(root, library->X509_get_subject_name(root)) == 1 &&
                   extension_add(library, root, root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                   extension_add(library, root, root, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                   extension_add(library, root, root, NID_subject_key_identifier, "hash") &&
                   library->X509_sign(root, key, library->EVP_sha256()) > 0;
    if (is_made) return root;
    library->X509_free(root);
    return NULL;
}

static X509 *leaf_make(const struct authority *authority, const char *host)
{
    const struct tls_library *library = authority->library;
    struct in_addr inet;
    struct in6_addr inet6;
    char names[300];
    bool is_address = inet_pton(AF_INET, host, &inet) == 1 || inet_pton(AF_INET6, host, &inet6) == 1;
    snprintf(names, sizeof names, "%s:%s", is_address ? "IP" : "DNS", host);
    X509 *leaf = certificate_start(library, "cordon", authority->leaf_key), *root = authority->certificate;
    bool is_made = leaf && library->X509_set_issuer_name(leaf, library->X509_get_subject_name(root)) == 1 &&
                   extension_add(library, leaf, root, NID_basic_constraints, "critical,CA:FALSE") &&
                   extension_add(library, leaf, root, NID_key_usage, "critical,digitalSignature") &&
                   extension_add(library, leaf, root, NID_ext_key_usage, "serverAuth") &&
                   extension_add(library, leaf, root, NID_subject_alt_name, names) &&
                   extension_add(library, leaf, root, NID_authority_key_identifier, "keyid") &&
                   library->X509_sign(leaf, authority->key, library->EVP_sha256()) > 0;
    if (is_made) return leaf;
    library->ERR_clear_error();
    library->X509_free(leaf);
    return NULL;
}

static bool pem_make(struct authority *authority)
{
    const struct tls_library *library = authority->library;
    char *text = NULL;
    BIO *memory = library->BIO_new(library->BIO_s_mem());
    long length = memory && library->PEM_write_bio_X509(memory, authority->certificate) == 1
                      ? library->BIO_ctrl(memory, BIO_CTRL_INFO, 0, &text)
                      : 0;
    authority->pem = length > 0 ? malloc((size_t)length) : NULL;
    if (authority->pem) memcpy(authority->pem, text, (size_t)length);
    authority->pem_length = (size_t)length;
    library->BIO_free(memory);
    return authority->pem != NULL;
}

static bool context_make(struct authority *authority)
{
    const struct tls_library *library = authority->library;
    authority->context = library->SSL_CTX_new(library->TLS_server_method());
    if (!authority->context) return false;
    library->SSL_CTX_set_options(authority->context,
                                 SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    library->SSL_CTX_ctrl(authority->context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
    library->SSL_CTX_ctrl(authority->context, SSL_CTRL_MODE,
                          SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, NULL);
    return library->SSL_CTX_ctrl(authority->context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL) ==
           1;
}

struct authority *authority_new(struct error *err)
{
    const struct tls_library *library = tls_library_load();
    if (!library) {
        error_set(err, ERROR_UNSUPPORTED, "interception needs OpenSSL 3 (libssl.so.3)");
        error_remedy(err, "apt-get install libssl3");
        return NULL;
    }
    struct authority *authority = calloc(1, sizeof *authority);
    if (authority) {
        authority->library = library;
        pthread_mutex_init(&authority->lock, NULL);
        authority->key = library->EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
        authority->leaf_key = library->EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
        bool is_made = authority->key && authority->leaf_key &&
                       (authority->certificate = root_make(library, authority->key)) && pem_make(authority) &&
                       context_make(authority);
        if (is_made) return authority;
        library->ERR_clear_error();
    }
    authority_free(authority);
    error_set(err, ERROR_SYSTEM, "the cell's certificate authority cannot be made");
    return NULL;
}

void authority_free(struct authority *authority)
{
    if (!authority) return;
    const struct tls_library *library = authority->library;
    for (uint32_t i = 0; i < authority->leaf_count; i++) library->X509_free(authority->leaves[i].certificate);
    library->SSL_CTX_free(authority->context);
    library->X509_free(authority->certificate);
    library->EVP_PKEY_free(authority->leaf_key); /* overwrites the number that is secret */
    library->EVP_PKEY_free(authority->key);
    pthread_mutex_destroy(&authority->lock);
    free(authority->pem);
    free(authority);
}

struct view authority_certificate(const struct authority *authority)
{
    return view_make(authority->pem, authority->pem_length);
}

/* The host's certificate into this connection, from those that were made or anew. */
static bool leaf_use(struct authority *authority, SSL *tls, const char *host)
{
    const struct tls_library *library = authority->library;
    pthread_mutex_lock(&authority->lock);
    X509 *leaf = NULL;
    for (uint32_t i = 0; i < authority->leaf_count && !leaf; i++)
        if (strcmp(authority->leaves[i].host, host) == 0) leaf = authority->leaves[i].certificate;
    bool is_known = leaf != NULL;
    if (!leaf) leaf = leaf_make(authority, host);
    bool is_used = leaf && library->SSL_use_certificate(tls, leaf) == 1; /* takes a reference */
    if (leaf && !is_known && authority->leaf_count < HOSTS_MAX) {
        struct leaf *kept = &authority->leaves[authority->leaf_count++];
        snprintf(kept->host, sizeof kept->host, "%s", host);
        kept->certificate = leaf;
    } else if (leaf && !is_known) {
        library->X509_free(leaf);
    }
    pthread_mutex_unlock(&authority->lock);
    return is_used;
}

struct ssl_st *authority_server(struct authority *authority, int fd, const char *host)
{
    const struct tls_library *library = authority->library;
    SSL *tls = library->SSL_new(authority->context);
    if (!tls) return NULL;
    if (leaf_use(authority, tls, host) && library->SSL_use_PrivateKey(tls, authority->leaf_key) == 1 &&
        library->SSL_set_fd(tls, fd) == 1) {
        library->SSL_set_accept_state(tls);
        return tls;
    }
    library->ERR_clear_error();
    library->SSL_free(tls);
    return NULL;
}
