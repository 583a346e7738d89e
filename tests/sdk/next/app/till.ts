// Takes the money of every part of the shop.

/** Charges a total, unless it is odd. */
export function charge(total: number, part: string): number {
  if (total > 10) {
    throw new RangeError(`the ${part} cannot charge ${total}`);
  }
  return total;
}

/** Gives money back, unless it is too much. */
export function refund(total: number, part: string): number {
  if (total > 10) {
    throw new RangeError(`the ${part} cannot refund ${total}`);
  }
  return -total;
}
