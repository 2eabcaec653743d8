// SPDX-License-Identifier: GPL-2.0-or-later
#include "s3-plan.h"

/* Whole steps, at least the shortest part: what n parts need for size bytes. */
static uint64_t part_len(uint64_t size, uint64_t n)
{
	uint64_t len = size / n + (size % n != 0);

	len += S3_PART_STEP - 1;
	len -= len % S3_PART_STEP;
	return len < S3_PART_MIN ? S3_PART_MIN : len;
}

void s3_plan_init(struct s3_plan *plan, uint64_t max_parts)
{
	*plan = (struct s3_plan){
		.max_parts = max_parts,
		.head_len = S3_PART_MIN,
		.head_end = UINT64_MAX,
		.data_len = S3_PART_MIN,
	};
}

/* A quarter of the parts is for the head. */
void s3_plan_head(struct s3_plan *plan, uint64_t head)
{
	uint64_t n = plan->max_parts / 4;

	plan->head_len = part_len(head, n ? n : 1);
}

bool s3_plan_data(struct s3_plan *plan, uint64_t head, uint64_t max,
		  uint64_t budget)
{
	uint64_t n_head = head / plan->head_len + (head % plan->head_len != 0);
	uint64_t open = n_head < S3_HEAD_OPEN ? n_head : S3_HEAD_OPEN;
	uint64_t largest = budget > open * plan->head_len
				   ? budget - open * plan->head_len
				   : 0;
	uint64_t left, wanted;

	plan->head_end = n_head * plan->head_len;
	if (max <= plan->head_end)
		return n_head <= plan->max_parts;
	if (n_head >= plan->max_parts)
		return false;
	left = plan->max_parts - n_head;
	wanted = part_len(max - plan->head_end, left);
	largest -= largest % S3_PART_STEP;
	if (largest < S3_PART_MIN)
		largest = S3_PART_MIN;
	plan->data_len = wanted < largest ? wanted : largest;
	return wanted <= largest;
}

uint64_t s3_plan_part(const struct s3_plan *plan, uint64_t off)
{
	if (off < plan->head_end)
		return off / plan->head_len + 1;
	return plan->head_end / plan->head_len +
	       (off - plan->head_end) / plan->data_len + 1;
}

uint64_t s3_plan_off(const struct s3_plan *plan, uint64_t part)
{
	uint64_t n_head = plan->head_end / plan->head_len;

	if (part - 1 < n_head)
		return (part - 1) * plan->head_len;
	return plan->head_end + (part - 1 - n_head) * plan->data_len;
}

uint64_t s3_plan_room(const struct s3_plan *plan)
{
	return s3_plan_off(plan, plan->max_parts + 1);
}
