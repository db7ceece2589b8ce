#include "gateway/tls.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>

#include "gateway/tls_library.h"

struct tls_trust {
    const struct tls_library *library;
    SSL_CTX *context;
};

/* SSL_CTX_set_min_proto_version and others are macros over these. */
static bool context_set_up(const struct tls_library *library, SSL_CTX *context)
{
    /* What was decrypted is wiped with its buffer; no renegotiation; nothing is resumed. */
    library->SSL_CTX_set_options(context, SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_RENEGOTIATION |
                                              SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    library->SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
    library->SSL_CTX_ctrl(
        context, SSL_CTRL_MODE,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS, NULL);
    return library->SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL) == 1;
}

struct tls_trust *tls_trust_new(const char *authorities, struct error *err)
{
    const struct tls_library *library = tls_library_load();
    if (!library) {
        error_set(err, ERROR_UNSUPPORTED, "secrets need OpenSSL 3 (libssl.so.3)");
        error_remedy(err, "apt-get install libssl3");
        return NULL;
    }
    struct tls_trust *trust = calloc(1, sizeof *trust);
    if (trust) trust->library = library;
    if (trust) trust->context = library->SSL_CTX_new(library->TLS_client_method());
    if (trust && trust->context && context_set_up(library, trust->context) &&
        library->SSL_CTX_set_default_verify_paths(trust->context) == 1) {
        library->SSL_CTX_set_verify(trust->context, SSL_VERIFY_PEER, NULL);
        if (!authorities || library->SSL_CTX_load_verify_locations(trust->context, authorities, NULL) == 1)
            return trust;
        library->ERR_clear_error();
        error_set(err, ERROR_POLICY, "no certificates can be read from %.200s", authorities);
        error_remedy(err, "name a file of certificates in PEM");
    } else {
        error_set(err, ERROR_SYSTEM, "OpenSSL cannot be set up");
    }
    tls_trust_free(trust);
    return NULL;
}

void tls_trust_free(struct tls_trust *trust)
{
    if (!trust) return;
    trust->library->SSL_CTX_free(trust->context);
    free(trust);
}

static bool host_set(const struct tls_library *library, SSL *tls, const char *host)
{
    struct in_addr inet;
    struct in6_addr inet6;
    if (inet_pton(AF_INET, host, &inet) == 1 || inet_pton(AF_INET6, host, &inet6) == 1)
        return library->X509_VERIFY_PARAM_set1_ip_asc(library->SSL_get0_param(tls), host) == 1;
    library->SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return library->SSL_set1_host(tls, host) == 1 &&
           library->SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, (void *)host) == 1;
}

struct ssl_st *tls_client_new(const struct tls_trust *trust, int fd, const char *host)
{
    static const unsigned char protocols[] = "\x08http/1.1";
    const struct tls_library *library = trust->library;
    SSL *tls = library->SSL_new(trust->context);
    if (!tls) return NULL;
    library->SSL_set_connect_state(tls);
    if (host_set(library, tls, host) && library->SSL_set_fd(tls, fd) == 1 &&
        library->SSL_set_alpn_protos(tls, protocols, sizeof protocols - 1) == 0)
        return tls;
    library->SSL_free(tls);
    return NULL;
}

static int outcome(const struct tls_library *library, SSL *tls, int returned)
{
    if (returned > 0) return returned;
    int error = library->SSL_get_error(tls, returned);
    library->ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return TLS_WANTS_READ;
    if (error == SSL_ERROR_WANT_WRITE) return TLS_WANTS_WRITE;
    return error == SSL_ERROR_ZERO_RETURN ? TLS_END : TLS_FAILED;
}

int tls_handshake(struct ssl_st *tls)
{
    const struct tls_library *library = tls_library_load();
    return outcome(library, tls, library->SSL_do_handshake(tls));
}

const char *tls_fault(struct ssl_st *tls)
{
    const struct tls_library *library = tls_library_load();
    long result = library->SSL_get_verify_result(tls);
    return result == X509_V_OK ? "the server speaks no TLS" : library->X509_verify_cert_error_string(result);
}

int tls_read(struct ssl_st *tls, char *bytes, size_t length)
{
    const struct tls_library *library = tls_library_load();
    return outcome(library, tls, library->SSL_read(tls, bytes, length > INT_MAX ? INT_MAX : (int)length));
}

int tls_write(struct ssl_st *tls, const char *bytes, size_t length)
{
    const struct tls_library *library = tls_library_load();
    return outcome(library, tls, library->SSL_write(tls, bytes, length > INT_MAX ? INT_MAX : (int)length));
}

void tls_free(struct ssl_st *tls)
{
    if (!tls) return;
    const struct tls_library *library = tls_library_load();
    library->SSL_shutdown(tls);
    library->ERR_clear_error();
    library->SSL_free(tls);
}
