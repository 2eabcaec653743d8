// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "netstream/collector/server.h"
#include "netstream/io.h"
#include "netstream/log.h"

#define PEM_MAX 1048576
#define CONNECTION_MEMORY 65536
/* Of a connection's thread: one buffer of 64 KiB, and a TLS handshake. */
#define STACK_LEN (512U << 10)
#define DRAIN_S 10
#define HOST_MAX 256

/* TLS 1.3 only; the client chooses the cipher, it knows its processor. */
#define PRIORITY                                                    \
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:"   \
	"+AES-256-GCM:+CHACHA20-POLY1305:-GROUP-ALL:+GROUP-X25519:" \
	"+GROUP-SECP256R1:+GROUP-SECP384R1"

struct server {
	struct MHD_Daemon *daemon;
	struct tus *tus;
	int socket;
	char *cert, *key, *client_ca;
};

static int load_pem(const char *path, char **text)
{
	int ret = read_file(path, PEM_MAX, text, NULL);

	if (ret < 0)
		log_err("%s: %s", path, strerror(-ret));
	return ret;
}

/* A certificate that does not fit its key is found now, not by a client. */
static int check_pem(const struct server *server,
		     const struct server_files *files)
{
	gnutls_datum_t cert = { (unsigned char *)server->cert,
				(unsigned int)strlen(server->cert) };
	gnutls_datum_t key = { (unsigned char *)server->key,
			       (unsigned int)strlen(server->key) };
	gnutls_datum_t ca = { (unsigned char *)server->client_ca,
			      (unsigned int)strlen(server->client_ca) };
	gnutls_certificate_credentials_t cred;
	int ret;

	if (gnutls_certificate_allocate_credentials(&cred) < 0)
		return -ENOMEM;
	ret = gnutls_certificate_set_x509_key_mem(cred, &cert, &key,
						  GNUTLS_X509_FMT_PEM);
	if (ret < 0) {
		log_err("%s, %s: %s", files->cert, files->key,
			gnutls_strerror(ret));
		goto out;
	}
	ret = gnutls_certificate_set_x509_trust_mem(cred, &ca,
						    GNUTLS_X509_FMT_PEM);
	if (ret <= 0)
		log_err("%s: no CA certificate in it", files->client_ca);
	ret = ret > 0 ? 0 : -1;
out:
	gnutls_certificate_free_credentials(cred);
	return ret < 0 ? -EINVAL : 0;
}

static int load_files(struct server *server, const struct server_files *files)
{
	int ret;

	ret = load_pem(files->cert, &server->cert);
	if (!ret)
		ret = load_pem(files->key, &server->key);
	if (!ret)
		ret = load_pem(files->client_ca, &server->client_ca);
	return ret < 0 ? -EINVAL : check_pem(server, files);
}

/* "ADDR:PORT" or "[ADDR]:PORT" */
static int split_address(const char *address, char host[static HOST_MAX],
			 const char **port)
{
	const char *colon = strrchr(address, ':');
	size_t len = colon ? (size_t)(colon - address) : 0;

	if (!len || !colon[1] || len >= HOST_MAX)
		return -EINVAL;
	if (address[0] == '[') {
		if (address[len - 1] != ']')
			return -EINVAL;
		address++;
		len -= 2;
	} else if (memchr(address, ':', len)) {
		return -EINVAL;
	}
	memcpy(host, address, len);
	host[len] = '\0';
	*port = colon + 1;
	return 0;
}

static int bind_one(const struct addrinfo *ai)
{
	int fd, one = 1, ret;

	fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC,
		    ai->ai_protocol);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 ||
	    listen(fd, SOMAXCONN) < 0) {
		ret = -errno;
		close(fd);
		return ret;
	}
	return fd;
}

static int open_socket(const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *list, *ai;
	char host[HOST_MAX];
	const char *port;
	int ret;

	if (split_address(address, host, &port) < 0) {
		log_err("%s: not ADDR:PORT or [ADDR]:PORT", address);
		return -EINVAL;
	}
	ret = getaddrinfo(host, port, &hints, &list);
	if (ret) {
		log_err("%s: %s", address, gai_strerror(ret));
		return -EINVAL;
	}
	ret = -EADDRNOTAVAIL;
	for (ai = list; ai && ret < 0; ai = ai->ai_next)
		ret = bind_one(ai);
	freeaddrinfo(list);
	if (ret < 0)
		log_err("%s: %s", address, strerror(-ret));
	return ret;
}

static void log_address(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char host[HOST_MAX], port[16];
	const char *format = "listening on %s:%s";

	if (getsockname(fd, (struct sockaddr *)&addr, &len) < 0 ||
	    getnameinfo((struct sockaddr *)&addr, len, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
		return;
	if (addr.ss_family == AF_INET6)
		format = "listening on [%s]:%s";
	log_notice(format, host, port);
}

__attribute__((format(printf, 2, 0))) static void
log_library(void *cls, const char *fmt, va_list ap)
{
	char text[256];

	(void)cls;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\r\n")] = '\0';
	log_debug("%s", text);
}

/* Names need no escapes, so a "%" stays what it is, and is refused. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection,
			   char *text)
{
	(void)cls, (void)connection;
	return strlen(text);
}

static struct MHD_Daemon *start_daemon(const struct server *server)
{
	const struct config *config = server->tus->config;

	return MHD_start_daemon(
		MHD_USE_THREAD_PER_CONNECTION |
			MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
			MHD_USE_TLS | MHD_USE_ITC | MHD_USE_ERROR_LOG,
		0, NULL, NULL, tus_handle, server->tus,
		MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
		MHD_OPTION_LISTEN_SOCKET, server->socket,
		MHD_OPTION_NOTIFY_COMPLETED, tus_completed, server->tus,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
		MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)config->max_connections,
		MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)config->stall_timeout,
		MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_LEN,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_HTTPS_MEM_CERT, server->cert,
		MHD_OPTION_HTTPS_MEM_KEY, server->key,
		MHD_OPTION_HTTPS_MEM_TRUST, server->client_ca,
		MHD_OPTION_HTTPS_PRIORITIES, PRIORITY, MHD_OPTION_END);
}

static void server_free(struct server *server)
{
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	if (server->socket >= 0)
		close(server->socket);
	if (server->key)
		explicit_bzero(server->key, strlen(server->key));
	free(server->cert);
	free(server->key);
	free(server->client_ca);
	free(server);
}

int server_start(struct server **ret, const char *address,
		 const struct server_files *files, struct tus *tus)
{
	struct server *server = calloc(1, sizeof(*server));
	int err = -ENOMEM;

	if (!server)
		return err;
	server->tus = tus;
	server->socket = -1;
	err = load_files(server, files);
	if (err < 0)
		goto err;
	err = open_socket(address);
	if (err < 0)
		goto err;
	server->socket = err;
	server->daemon = start_daemon(server);
	if (!server->daemon) {
		log_err("%s: the HTTP server does not start, see -v", address);
		err = -EIO;
		goto err;
	}
	log_address(server->socket);
	*ret = server;
	return 0;

err:
	server_free(server);
	return err;
}

void server_stop(struct server *server)
{
	if (!server)
		return;
	/* The socket is ours now: newcomers are refused, not left waiting. */
	MHD_quiesce_daemon(server->daemon);
	shutdown(server->socket, SHUT_RDWR);
	tus_drain(server->tus, DRAIN_S);
	server_free(server);
}
