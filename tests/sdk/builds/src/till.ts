const LIMIT = 6;

/** Charges a sum, up to the limit. */
export function charge(total: number): boolean {
  if (total > LIMIT) {
    throw new RangeError(`cannot charge ${total}`);
  }
  return true;
}
