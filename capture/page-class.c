// SPDX-License-Identifier: GPL-2.0-or-later

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "page-class.h"

#define NO_TYPE UINT64_MAX
/* Page types since 6.12: one in the upper byte, of 0xf0 and more. */
#define TYPE_VALUE_MASK 0xff000000U
/* PAGE_MAPPING_ANON, all of PAGE_MAPPING_FLAGS, and PageTail(). */
#define MAPPING_ANON 1
#define MAPPING_FLAGS 3
#define COMPOUND_TAIL 1
/* 16 GiB hugetlb pages are order 22; more than 30 is nonsense. */
#define ORDER_MAX 30
#define ORDERS_MAX 32
#define FLAG_BITS 64

const char *const page_class_names[PAGE_CLASSES] = {
	[PAGE_KEPT] = "kept",	    [PAGE_FREE] = "free",
	[PAGE_CACHE] = "cache",	    [PAGE_CACHE_PRIVATE] = "cache_private",
	[PAGE_USER] = "user",	    [PAGE_HWPOISON] = "hwpoison",
	[PAGE_OFFLINE] = "offline",
};

static int bad_key(char key[static PAGE_KEY_LEN], const char *kind,
		   const char *name, int err)
{
	snprintf(key, PAGE_KEY_LEN, "%s(%s)", kind, name);
	return err;
}

struct field {
	const char *name;
	size_t len;
	size_t at; /* in struct page_layout */
};

static int get_fields(struct page_layout *layout, const struct vmcoreinfo *info,
		      char key[static PAGE_KEY_LEN])
{
	static const struct field fields[] = {
		{ "page.flags", 8, offsetof(struct page_layout, flags) },
		{ "page.mapping", 8, offsetof(struct page_layout, mapping) },
		{ "page._mapcount", 4, offsetof(struct page_layout, mapcount) },
		{ "page._refcount", 4, offsetof(struct page_layout, refcount) },
		{ "page.private", 8, offsetof(struct page_layout, private) },
		{ "page.compound_head", 8,
		  offsetof(struct page_layout, compound) },
	};
	uint64_t value;
	int err;

	err = vmcoreinfo_size(info, "page", &value);
	if (err < 0 || value > PAGE_STRUCT_MAX)
		return bad_key(key, "SIZE", "page", err < 0 ? err : -EBADMSG);
	layout->len = (uint32_t)value;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct field *field = &fields[i];

		err = vmcoreinfo_offset(info, field->name, &value);
		if (err < 0 &&
		    field->at == offsetof(struct page_layout, compound))
			err = vmcoreinfo_offset(info, "page.compound_info",
						&value);
		if (err == 0 && value > layout->len)
			err = -EBADMSG;
		if (err == 0 && field->len > layout->len - value)
			err = -EBADMSG;
		if (err < 0)
			return bad_key(key, "OFFSET", field->name, err);
		*(uint32_t *)((char *)layout + field->at) = (uint32_t)value;
	}
	return 0;
}

/* NUMBER(name) is the number of a bit. */
static int get_bit(const struct vmcoreinfo *info, const char *name,
		   uint64_t *ret)
{
	int64_t bit;
	int err;

	err = vmcoreinfo_number(info, name, &bit);
	if (err < 0)
		return err;
	if (bit < 0 || bit >= FLAG_BITS)
		return -EBADMSG;
	*ret = 1ULL << bit;
	return 0;
}

static int get_flags(struct page_layout *layout, const struct vmcoreinfo *info,
		     char key[static PAGE_KEY_LEN])
{
	uint64_t swapcache = 0, swapbacked = 0;
	const struct {
		const char *name;
		uint64_t *bit;
	} flags[] = {
		{ "PG_lru", &layout->lru },
		{ "PG_private", &layout->private_bit },
		{ "PG_swapcache", &swapcache },
		{ "PG_swapbacked", &swapbacked },
	};
	int64_t head;
	int err;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		err = get_bit(info, flags[i].name, flags[i].bit);
		if (err < 0)
			return bad_key(key, "NUMBER", flags[i].name, err);
	}
	layout->swap = swapcache | swapbacked;
	err = vmcoreinfo_number(info, "PG_head_mask", &head);
	if (err < 0)
		return bad_key(key, "NUMBER", "PG_head_mask", err);
	layout->head = (uint64_t)head;
	/* With CONFIG_MEMORY_FAILURE only. */
	if (get_bit(info, "PG_hwpoison", &layout->hwpoison) < 0)
		layout->hwpoison = 0;
	return 0;
}

/* NUMBER(name) is what _mapcount is for a type; without it there is none. */
static int get_type(const struct vmcoreinfo *info, const char *name,
		    uint64_t *ret)
{
	int64_t value;
	int err = vmcoreinfo_number(info, name, &value);

	*ret = err < 0 ? NO_TYPE : (uint32_t)value;
	return err;
}

static int get_types(struct page_layout *layout, const struct vmcoreinfo *info,
		     char key[static PAGE_KEY_LEN])
{
	int err;

	err = get_type(info, "PAGE_BUDDY_MAPCOUNT_VALUE", &layout->type_buddy);
	if (err < 0)
		return bad_key(key, "NUMBER", "PAGE_BUDDY_MAPCOUNT_VALUE", err);
	layout->type_mask = layout->type_buddy & ~TYPE_VALUE_MASK
				    ? UINT32_MAX
				    : TYPE_VALUE_MASK;
	get_type(info, "PAGE_UNACCEPTED_MAPCOUNT_VALUE",
		 &layout->type_unaccepted);
	get_type(info, "PAGE_HUGETLB_MAPCOUNT_VALUE", &layout->type_hugetlb);
	get_type(info, "PAGE_OFFLINE_MAPCOUNT_VALUE", &layout->type_offline);
	/* mapping is not what it seems in a slab: it must be known for one. */
	if (get_type(info, "PAGE_SLAB_MAPCOUNT_VALUE", &layout->type_slab) < 0)
		err = get_bit(info, "PG_slab", &layout->slab);
	return err < 0 ? bad_key(key, "NUMBER", "PG_slab", err) : 0;
}

/* An offset from the head page's start, of a byte in the page behind it. */
static bool second_page_byte(const struct page_layout *layout, uint64_t off,
			     uint32_t *ret)
{
	if (off < layout->len || off - layout->len >= layout->len)
		return false;
	*ret = (uint32_t)(off - layout->len);
	return true;
}

/* Where the second page of a compound page says what that is. */
static int get_compound(struct page_layout *layout,
			const struct vmcoreinfo *info,
			char key[static PAGE_KEY_LEN])
{
	uint64_t order, dtor = 0, bit;
	int64_t hugetlb = 0;

	/* The low byte of its flags, and no hugetlb pages. */
	layout->order = layout->flags;
	layout->hugetlb_value = 1;
	if (vmcoreinfo_offset(info, "folio._folio_order", &order) == 0) {
		vmcoreinfo_offset(info, "folio._folio_dtor", &dtor);
	} else if (vmcoreinfo_offset(info, "page.compound_order", &order) ==
		   0) {
		order += layout->len;
		if (vmcoreinfo_offset(info, "page.compound_dtor", &dtor) == 0)
			dtor += layout->len;
	} else {
		if (get_bit(info, "PG_hugetlb", &bit) < 0)
			return 0;
		layout->hugetlb = layout->flags;
		while (bit > 0xff) {
			layout->hugetlb++;
			bit >>= 8;
		}
		layout->hugetlb_mask = layout->hugetlb_value = (uint8_t)bit;
		return 0;
	}
	if (!second_page_byte(layout, order, &layout->order))
		return bad_key(key, "OFFSET", "page.compound_order", -EBADMSG);
	if (vmcoreinfo_number(info, "HUGETLB_PAGE_DTOR", &hugetlb) == 0 &&
	    second_page_byte(layout, dtor, &layout->hugetlb)) {
		layout->hugetlb_mask = 0xff;
		layout->hugetlb_value = (uint8_t)hugetlb;
	}
	return 0;
}

int page_layout_init(struct page_layout *layout, const struct vmcoreinfo *info,
		     unsigned int level, char key[static PAGE_KEY_LEN])
{
	uint64_t n_orders;
	int ret;

	*layout = (struct page_layout){ .level = level };
	ret = get_fields(layout, info, key);
	if (ret == 0)
		ret = get_flags(layout, info, key);
	if (ret == 0)
		ret = get_types(layout, info, key);
	if (ret == 0)
		ret = get_compound(layout, info, key);
	if (ret < 0)
		return ret;
	ret = vmcoreinfo_length(info, "zone.free_area", &n_orders);
	if (ret == 0 && (n_orders == 0 || n_orders > ORDERS_MAX))
		ret = -EBADMSG;
	if (ret < 0)
		return bad_key(key, "LENGTH", "zone.free_area", ret);
	layout->n_orders = (unsigned int)n_orders;
	return 0;
}

static inline uint64_t load64(const unsigned char *page, uint32_t off)
{
	uint64_t value;

	memcpy(&value, page + off, sizeof(value));
	return value;
}

static inline uint32_t load32(const unsigned char *page, uint32_t off)
{
	uint32_t value;

	memcpy(&value, page + off, sizeof(value));
	return value;
}

/* Clears the bits of frames of the window; how many of them were set. */
static uint64_t leave_out(struct page_scan *scan, uint64_t from, uint64_t to)
{
	uint64_t n = 0;

	from -= scan->start;
	to -= scan->start;
	while (from < to) {
		uint64_t bit = from % 8, len = 8 - bit;
		unsigned int mask, set;

		if (len > to - from)
			len = to - from;
		mask = ((1U << len) - 1) << bit;
		set = scan->bits[from / 8] & mask;
		/* All of them as a rule: popcount is a call without SSE 4.2. */
		n += set == mask ? len : (uint64_t)__builtin_popcount(set);
		scan->bits[from / 8] &= ~mask;
		from += len;
	}
	return n;
}

static void leave_out_run(struct page_scan *scan, enum page_class class,
			  uint64_t from, uint64_t to)
{
	if (class != PAGE_KEPT && from < to)
		scan->left_out[class] += leave_out(scan, from, to);
}

void page_scan_window(struct page_scan *scan, uint8_t *bits, uint64_t start,
		      uint64_t end)
{
	scan->bits = bits;
	scan->start = start;
	scan->end = end;
	if (scan->pending_end > start)
		leave_out_run(scan, scan->pending, start,
			      scan->pending_end < end ? scan->pending_end
						      : end);
}

/*
 * What every page cache or anonymous page of a kernel is: mapping is a kernel
 * address or none, tags and flags aside, neither count is below its least.
 * Other data in the place of a struct page hardly ever is all of that.
 */
static inline bool is_sane(uint64_t mapping, uint32_t mapcount,
			   uint32_t refcount)
{
	return (mapping >> 60 == 0xf || mapping <= MAPPING_FLAGS) &&
	       (int32_t)mapcount >= -1 && (int32_t)refcount >= 0;
}

/* A class by level, for what is no tail and not free. */
static inline enum page_class classify(const struct page_layout *layout,
				       const unsigned char *page,
				       uint64_t flags, bool hugetlb)
{
	uint64_t mapping = load64(page, layout->mapping);
	uint32_t mapcount = load32(page, layout->mapcount);
	uint32_t refcount = load32(page, layout->refcount);
	uint32_t type = mapcount & layout->type_mask;
	bool slab = (flags & layout->slab) || type == layout->type_slab;
	bool anon = (mapping & MAPPING_ANON) && !slab;
	bool cache =
		(flags & layout->lru) || (flags & layout->swap) == layout->swap;

	if ((cache || anon) && !is_sane(mapping, mapcount, refcount))
		cache = anon = false;
	if (cache && !anon) {
		if (!(flags & layout->private_bit)) {
			if (layout->level &
			    (FILTER_CACHE | FILTER_CACHE_PRIVATE))
				return PAGE_CACHE;
		} else if (layout->level & FILTER_CACHE_PRIVATE) {
			return PAGE_CACHE_PRIVATE;
		}
	}
	if ((anon || hugetlb) && (layout->level & FILTER_USER))
		return PAGE_USER;
	if ((flags & layout->hwpoison) && (int32_t)refcount >= 0)
		return PAGE_HWPOISON;
	if (type == layout->type_offline && !slab)
		return PAGE_OFFLINE;
	return PAGE_KEPT;
}

/* Frames of the free page; 0 for one that cannot be. */
static uint64_t free_pages(const struct page_layout *layout,
			   const unsigned char *page, uint32_t type,
			   uint64_t pfn)
{
	uint64_t order = layout->n_orders - 1;

	/* Memory that is not accepted yet comes in the largest blocks. */
	if (type != layout->type_unaccepted)
		order = load64(page, layout->private);
	if (order >= layout->n_orders || pfn & ((1ULL << order) - 1))
		return 0;
	return 1ULL << order;
}

/* The struct page of a frame: in the pages at hand, or peeked at. */
static const unsigned char *page_of(const struct page_scan *scan,
				    const unsigned char *pages, uint64_t n,
				    uint64_t index, uint64_t pfn, void *copy)
{
	if (index < n)
		return pages + index * scan->layout.len;
	return scan->peek(scan->arg, pfn, copy) ? copy : NULL;
}

/*
 * Frames of the compound page whose head is at the start of pages: as many as
 * its second page says, if the last one is a tail of the same; 0: that is not
 * so, 1 when there is no order or not one that is possible here.
 */
static uint64_t compound_pages(const struct page_scan *scan,
			       const unsigned char *pages, uint64_t n,
			       uint64_t pfn, bool *hugetlb)
{
	const struct page_layout *layout = &scan->layout;
	unsigned char copy[PAGE_STRUCT_MAX];
	const unsigned char *page;
	unsigned int order;
	uint64_t head, last;

	page = page_of(scan, pages, n, 1, pfn + 1, copy);
	if (!page)
		return 0;
	*hugetlb = (page[layout->hugetlb] & layout->hugetlb_mask) ==
		   layout->hugetlb_value;
	order = page[layout->order];
	if (order == 0 || order > ORDER_MAX || pfn & ((1ULL << order) - 1))
		return 1;
	head = load64(page, layout->compound);
	last = (1ULL << order) - 1;
	page = page_of(scan, pages, n, last, pfn + last, copy);
	if (!page || !(head & COMPOUND_TAIL) ||
	    load64(page, layout->compound) != head)
		return 0;
	return last + 1;
}

/* A page that may be of several frames: a head, or one with a type. */
static uint64_t scan_special(const struct page_scan *scan,
			     const unsigned char *pages, uint64_t n,
			     uint64_t pfn, enum page_class *class)
{
	const struct page_layout *layout = &scan->layout;
	uint64_t flags = load64(pages, layout->flags), frames = 1;
	uint32_t type = load32(pages, layout->mapcount) & layout->type_mask;
	bool slab = (flags & layout->slab) || type == layout->type_slab;
	bool hugetlb = false;

	*class = PAGE_KEPT;
	if ((layout->level & FILTER_FREE) && !slab &&
	    (type == layout->type_buddy || type == layout->type_unaccepted)) {
		frames = free_pages(layout, pages, type, pfn);
		if (frames == 0)
			return 1;
		*class = PAGE_FREE;
		return frames;
	}
	if (flags & layout->head)
		frames = compound_pages(scan, pages, n, pfn, &hugetlb);
	if (frames == 0)
		return 1;
	if (type == layout->type_hugetlb)
		hugetlb = true;
	*class = classify(layout, pages, flags, hugetlb);
	return frames;
}

uint64_t page_scan(struct page_scan *scan, const unsigned char *pages,
		   uint64_t pfn, uint64_t n)
{
	const struct page_layout layout = scan->layout;
	uint64_t end = pfn + n, run = pfn, frames;
	enum page_class class, run_class = PAGE_KEPT;

	while (pfn < end) {
		uint64_t flags = load64(pages, layout.flags);
		uint32_t type =
			load32(pages, layout.mapcount) & layout.type_mask;

		frames = 1;
		if (load64(pages, layout.compound) & COMPOUND_TAIL)
			class = PAGE_KEPT;
		else if ((flags & layout.head) || type == layout.type_buddy ||
			 type == layout.type_unaccepted)
			frames = scan_special(scan, pages, end - pfn, pfn,
					      &class);
		else
			class = classify(&layout, pages, flags, false);
		if (class != run_class) {
			leave_out_run(scan, run_class, run, pfn);
			run = pfn;
			run_class = class;
		}
		pfn += frames;
		pages += frames * layout.len;
	}
	leave_out_run(scan, run_class, run, pfn < scan->end ? pfn : scan->end);
	scan->pending_end = pfn;
	scan->pending = run_class;
	return pfn;
}
