// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http.h"
#include "io.h"
#include "log.h"
#include "target.h"
#include "tls-cipher.h"

#define RECEIVE_BUFFER 4096
/* 5-8 % less CPU time than the default of 64 KiB; not worth it below. */
#define SEND_BUFFER (128 << 10)
#define SEND_BUFFER_FROM (1U << 20)
#define KEEPALIVE_IDLE_S 30
#define KEEPALIVE_INTERVAL_S 10

static size_t on_read(char *buf, size_t size, size_t n, void *arg)
{
	struct http *http = arg;
	size_t len = http->request->body_len - http->pos;

	if (len > size * n)
		len = size * n;
	if (!len)
		return 0;
	memcpy(buf, http->request->body + http->pos, len);
	http->pos += len;
	http->handed += len;
	if (http->pos > http->reached)
		http->reached = http->pos;
	http->moved_ms = now_ms();
	return len;
}

/*
 * libcurl rewinds when it finds a kept-alive connection dead.  The server may
 * have kept the bytes: then the body has to go on somewhere else.
 */
static int on_seek(void *arg, curl_off_t off, int origin)
{
	struct http *http = arg;

	if (origin != SEEK_SET || off < 0 ||
	    (uint64_t)off > http->request->body_len ||
	    (http->handed && !http->request->whole))
		return CURL_SEEKFUNC_FAIL;
	http->pos = (size_t)off;
	http->rewinds++;
	return CURL_SEEKFUNC_OK;
}

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
	struct http *http = arg;

	http->moved_ms = now_ms();
	http->options->on_header(http->options->arg, line, size * n);
	return size * n;
}

/* Keeps the start of the body; the rest is read and dropped. */
static size_t on_body(char *buf, size_t size, size_t n, void *arg)
{
	struct http *http = arg;
	size_t len = sizeof(http->answer) - http->answer_len;

	http->moved_ms = now_ms();
	if (len > size * n)
		len = size * n;
	memcpy(http->answer + http->answer_len, buf, len);
	http->answer_len += len;
	return size * n;
}

/* Called whenever something happens and about once a second. */
static int on_progress(void *arg, curl_off_t dltotal, curl_off_t dlnow,
		       curl_off_t ultotal, curl_off_t ulnow)
{
	const struct http *http = arg;
	uint64_t now = now_ms();

	(void)dltotal, (void)dlnow, (void)ultotal, (void)ulnow;
	if (http->options->deadline_ms && now >= http->options->deadline_ms)
		return 1;
	return now - http->moved_ms >= http->silence_ms;
}

/* A file that TLS needs: libcurl's own message comes late and is vague. */
static int check_file(const struct http_options *options, const char *what,
		      const char *path, mode_t forbidden)
{
	struct stat st;

	if (!path) {
		log_err("%s: no %s given", options->scheme, what);
		return -EINVAL;
	}
	if (access(path, R_OK) < 0 || stat(path, &st) < 0) {
		log_err("%s: %s: %s", path, what, strerror(errno));
		return -EINVAL;
	}
	if (!S_ISREG(st.st_mode) || st.st_mode & forbidden) {
		log_err("%s: %s: mode %04o, must be a file that only its owner "
			"can read",
			path, what, st.st_mode & 07777);
		return -EINVAL;
	}
	return 0;
}

static int set_tls(CURL *curl, const struct http_options *options)
{
	struct tls_cpu cpu;
	int ret;

	ret = check_file(options, "CA", options->ca, 0);
	if (ret < 0)
		return ret;
	if (options->cert || options->key) {
		ret = check_file(options, "client certificate", options->cert,
				 0);
		if (!ret)
			ret = check_file(options, "key", options->key,
					 S_IRWXG | S_IRWXO);
		if (ret < 0)
			return ret;
	}
	/* Not every TLS library can do this; then its own order holds. */
	tls_cpu_detect(&cpu);
	curl_easy_setopt(curl, CURLOPT_TLS13_CIPHERS, tls_cipher_order(&cpu));

	if (curl_easy_setopt(curl, CURLOPT_SSLVERSION,
			     (long)CURL_SSLVERSION_TLSv1_3) ||
	    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) ||
	    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) ||
	    curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca) ||
	    curl_easy_setopt(curl, CURLOPT_SSLCERT, options->cert) ||
	    curl_easy_setopt(curl, CURLOPT_SSLKEY, options->key)) {
		log_err("%s: this libcurl cannot do TLS 1.3", options->scheme);
		return -EINVAL;
	}
	/* Some libraries have no CA directory and say so; none is wanted. */
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	return 0;
}

static int set_transfer(struct http *http)
{
	CURL *curl = http->curl;

	if (curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") ||
	    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
			     (long)CURL_HTTP_VERSION_1_1) ||
	    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) ||
	    curl_easy_setopt(curl, CURLOPT_PROXY, "") ||
	    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) ||
	    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) ||
	    curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L) ||
	    curl_easy_setopt(curl, CURLOPT_USERAGENT, "barecap"))
		return -EINVAL;
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL,
			 (long)KEEPALIVE_INTERVAL_S);
	curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
	if (http->options->body_size >= SEND_BUFFER_FROM)
		curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE,
				 (long)SEND_BUFFER);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->error);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, http);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, http);
	curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(curl, CURLOPT_SEEKDATA, http);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, http);
	return 0;
}

int http_check_url(const char *url, size_t max)
{
	static const char scheme[] = "https://";
	size_t skip = sizeof(scheme) - 1, authority;

	if (strncmp(url, scheme, skip))
		return -EINVAL;
	authority = strcspn(url + skip, "/?#");
	if (memchr(url + skip, '@', authority)) {
		log_err("https: the URL must not hold a user name or password");
		return -EINVAL;
	}
	if (!authority || strlen(url) >= max) {
		log_err("%.200s: not the URL of a server", url);
		return -EINVAL;
	}
	return 0;
}

int http_open(struct http *http, const struct http_options *options)
{
	int ret;

	http->options = options;
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return -ENOMEM;
	/* A write to a connection that is gone shall be an error, no more. */
	signal(SIGPIPE, SIG_IGN);
	http->curl = curl_easy_init();
	if (!http->curl) {
		log_err("%s: libcurl does not start", options->scheme);
		return -ENOMEM;
	}
	ret = set_tls(http->curl, options);
	if (ret < 0)
		return ret;
	ret = set_transfer(http);
	if (ret < 0)
		log_err("%s: this libcurl lacks what is needed",
			options->scheme);
	return ret;
}

void http_close(struct http *http)
{
	if (!http->curl)
		return;
	curl_easy_cleanup(http->curl);
	http->curl = NULL;
	curl_slist_free_all(http->resolved);
	http->resolved = NULL;
	curl_global_cleanup();
}

static int set_request(struct http *http, const struct http_request *request)
{
	CURL *curl = http->curl;
	bool head = !strcmp(request->method, "HEAD");
	CURLcode rc;

	/* HTTPGET takes back what the request before has left. */
	rc = curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	if (!rc && request->upload)
		rc = curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	else if (!rc && head)
		rc = curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	if (!rc)
		rc = curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST,
				      request->method);
	if (!rc)
		rc = curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
				      (curl_off_t)request->body_len);
	if (!rc)
		rc = curl_easy_setopt(curl, CURLOPT_HTTPHEADER,
				      request->headers);
	if (!rc)
		rc = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
				      (long)http->silence_ms);
	if (!rc)
		rc = curl_easy_setopt(curl, CURLOPT_URL, request->url);
	return rc ? -EINVAL : 0;
}

static int curl_to_errno(CURLcode rc)
{
	switch (rc) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return -EACCES;
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CIPHER:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_NOT_BUILT_IN:
	case CURLE_BAD_FUNCTION_ARGUMENT:
		return -EINVAL;
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EAGAIN;
	}
}

/* Adds one address to NAME:PORT:ADDRESS,ADDRESS. */
static size_t add_address(char *entry, size_t size, size_t len, bool first,
			  const char *address)
{
	bool v6 = strchr(address, ':');
	int n = snprintf(entry + len, size - len, "%s%s%s%s", first ? "" : ",",
			 v6 ? "[" : "", address, v6 ? "]" : "");

	return n < 0 || (size_t)n >= size - len ? len : len + (size_t)n;
}

/*
 * Tells libcurl what is known of a host that could not be looked up; false when
 * nothing is.  With the +, it forgets it after a minute, as it does with what
 * it has looked up, and asks again.
 */
static bool use_addresses(struct http *http, const char *host, const char *port)
{
	const struct http_options *options = http->options;
	char entry[1024];
	size_t start =
		(size_t)snprintf(entry, sizeof(entry), "+%s:%s:", host, port);
	size_t len = start;

	if (start >= sizeof(entry))
		return false;
	if (http->address[0])
		len = add_address(entry, sizeof(entry), len, true,
				  http->address);
	for (size_t i = 0; i < options->n_addresses; i++)
		if (!strcasecmp(options->addresses[i].name, host) &&
		    strcmp(options->addresses[i].address, http->address))
			len = add_address(entry, sizeof(entry), len,
					  len == start,
					  options->addresses[i].address);
	entry[len] = '\0';
	if (len == start)
		return false;
	curl_slist_free_all(http->resolved);
	http->resolved = curl_slist_append(NULL, entry);
	log_notice("%s cannot be looked up, trying %s", host, entry + start);
	return http->resolved &&
	       !curl_easy_setopt(http->curl, CURLOPT_RESOLVE, http->resolved);
}

static bool is_known(struct http *http, const char *url)
{
	CURLU *parts = curl_url();
	char *host = NULL, *port = NULL;
	bool known = false;

	if (parts && !curl_url_set(parts, CURLUPART_URL, url, 0) &&
	    !curl_url_get(parts, CURLUPART_HOST, &host, 0) &&
	    !curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
		known = use_addresses(http, host, port);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parts);
	return known;
}

int http_prepare(struct http *http, const struct http_request *request)
{
	http->request = request;
	http->error[0] = '\0';
	http->pos = http->reached = http->answer_len = 0;
	http->handed = 0;
	http->rewinds = 0;
	http->known = false;
	http->moved_ms = now_ms();
	if (set_request(http, request) < 0) {
		snprintf(http->error, sizeof(http->error), "not a request");
		return -EINVAL;
	}
	return 0;
}

int http_finish(struct http *http, CURLcode rc)
{
	const char *address = NULL;
	long status = 0;

	http->known = rc == CURLE_COULDNT_RESOLVE_HOST &&
		      is_known(http, http->request->url);
	if (!rc &&
	    !curl_easy_getinfo(http->curl, CURLINFO_PRIMARY_IP, &address) &&
	    address && strlen(address) < sizeof(http->address))
		memcpy(http->address, address, strlen(address) + 1);
	http->broke_off = rc == CURLE_SSL_CONNECT_ERROR ||
			  rc == CURLE_SEND_ERROR || rc == CURLE_RECV_ERROR ||
			  rc == CURLE_GOT_NOTHING;
	if (rc == CURLE_ABORTED_BY_CALLBACK)
		snprintf(http->error, sizeof(http->error),
			 "nothing moved for %" PRIu64 " ms",
			 now_ms() - http->moved_ms);
	else if (rc && !http->error[0])
		snprintf(http->error, sizeof(http->error), "%s",
			 curl_easy_strerror(rc));
	if (rc)
		return curl_to_errno(rc);
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

int http_perform(struct http *http, const struct http_request *request)
{
	int ret = http_prepare(http, request);

	if (!ret)
		ret = http_finish(http, curl_easy_perform(http->curl));
	if (!http->known)
		return ret;
	http->moved_ms = now_ms();
	return http_finish(http, curl_easy_perform(http->curl));
}
