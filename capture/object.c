// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <string.h>

#include "capture/object.h"
#include "netstream/io.h"
#include "netstream/log.h"

int object_init(struct object *object, struct target *target, const char *name,
		enum object_layout layout)
{
	*object = (struct object){
		.target = target,
		.name = name,
		.layout = layout,
		.start_ms = now_ms(),
		.digest = digest_new(),
	};
	if (object->digest)
		return 0;
	log_err("%s: %s", name, strerror(ENOMEM));
	return -ENOMEM;
}

void object_free(struct object *object)
{
	digest_free(object->digest);
	object->digest = NULL;
}

static int begin(struct object *object)
{
	if (object->err || object->begun)
		return object->err;
	object->err =
		target_begin(object->target, object->name, object->layout);
	object->begun = !object->err;
	return object->err;
}

void object_digest(struct object *object, const void *buf, size_t len)
{
	digest_update(object->digest, buf, len);
	object->size += len;
}

int object_record(struct object *object, uint64_t off, const void *buf,
		  size_t len)
{
	int ret = begin(object);

	if (!ret)
		ret = target_write(object->target, off, buf, len);
	object->err = ret;
	return ret;
}

int object_sink(void *arg, const void *buf, size_t len)
{
	struct object *object = arg;
	int ret;

	ret = object_record(object, object->size, buf, len);
	if (!ret)
		object_digest(object, buf, len);
	return ret;
}

int object_end(struct object *object, struct object_result *ret)
{
	uint8_t sum[DIGEST_LEN];
	int err = begin(object);

	if (!err)
		err = target_end(object->target, object->size);
	object->err = err;
	if (err < 0)
		return err;
	*ret = (struct object_result){
		.name = object->name,
		.layout = object->layout,
		.size = object->size,
		.ms = now_ms() - object->start_ms,
	};
	digest_final(object->digest, sum);
	digest_hex(sum, ret->sha256);
	return 0;
}
